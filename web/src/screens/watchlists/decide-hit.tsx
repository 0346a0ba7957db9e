// The dialog of a decision on a hit: each usual reason has a number, Enter sends, and words of one's
// own go with it. The decision's id is made when the dialog opens, so that pressing twice is one.
import { Button, Group, Kbd, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import { useFormat } from '@/app/format';
import styles from '@/parts/decide/decide-dialog.module.css';
import { Notice } from '@/parts/notice';
import { type ListingHitDetail, useDecideHit, type Verdict } from './queries';
import { OTHER, REASONS, reasonOf } from './reasons';

interface Props {
  hit: ListingHitDetail;
  verdict: Verdict;
  onClose: () => void;
  onDecided: (decided: ListingHitDetail) => void;
}

export function DecideHit({ hit, verdict, onClose, onDecided }: Props) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const decide = useDecideHit();
  const name = useId();
  const id = useRef('');
  if (!id.current) id.current = newId();
  const form = useRef<HTMLFormElement>(null);
  const codes = [...REASONS[verdict], OTHER];
  const [code, setCode] = useState<string | null>(null);
  const [words, setWords] = useState('');
  const [until, setUntil] = useState('');
  const [faults, setFaults] = useState<{ code?: string; words?: string }>({});
  const needsWords = code === OTHER;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong: typeof faults = {};
    if (!code) wrong.code = t('parts:dialog.code_missing');
    if (needsWords && words.trim() === '') wrong.words = t('decide.words_missing');
    setFaults(wrong);
    if (!code || wrong.words || decide.isPending) return;
    const said = code === OTHER ? null : t(`reason.${code}`);
    decide.mutate(
      {
        hit: hit.id,
        id: id.current,
        verdict,
        reason: reasonOf(said, words),
        expires_on: until || null,
        instead_of: hit.decision?.id ?? null,
      },
      {
        onSuccess: (decided) => {
          onDecided(decided);
          onClose();
        },
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const typing =
      event.target instanceof HTMLTextAreaElement ||
      (event.target instanceof HTMLInputElement && event.target.type !== 'radio');
    if (event.key === 'Enter' && !event.shiftKey && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      form.current?.requestSubmit();
    }
    const chosen = typing || event.key.length !== 1 ? undefined : codes[Number(event.key) - 1];
    if (chosen) {
      event.preventDefault();
      setCode(chosen);
      document.getElementById(`${name}-${chosen}`)?.focus();
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`decide.title_${verdict}`)}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
      size="lg"
    >
      <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown} noValidate>
        <Stack gap="md">
          <div className={styles.about}>
            <strong translate="no">
              {hit.found ?? t('hidden')} ↔ {hit.matched}
            </strong>
            <span className="quiet">
              {hit.listing.watchlist_name} · {format.share(hit.probability)}
            </span>
            <span className="quiet">{t(`decide.effect_${verdict}`)}</span>
          </div>
          <fieldset
            className={styles.reasons}
            aria-describedby={faults.code ? `${name}-fault` : undefined}
          >
            <legend>{t('parts:dialog.code')}</legend>
            {codes.map((one, at) => (
              <label key={one} className={styles.reason} data-on={one === code || undefined}>
                <input
                  type="radio"
                  id={`${name}-${one}`}
                  name={name}
                  checked={one === code}
                  onChange={() => setCode(one)}
                  {...(at === 0 ? { 'data-autofocus': true } : {})}
                />
                <span>{t(`reason.${one}`)}</span>
                <Kbd size="xs" aria-hidden>
                  {at + 1}
                </Kbd>
              </label>
            ))}
            {faults.code && (
              <div id={`${name}-fault`} role="alert" className={styles.fault}>
                {faults.code}
              </div>
            )}
          </fieldset>
          <Textarea
            autosize
            minRows={2}
            maxLength={1800}
            label={t('parts:dialog.words')}
            description={t('parts:dialog.words_why')}
            required={needsWords}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            error={faults.words}
          />
          <TextInput
            type="date"
            label={t('decide.until')}
            description={t(`decide.until_${verdict}`)}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          {decide.error && <Notice tone="bad" problem={decide.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('parts:cancel')}
            </Button>
            <Button
              type="submit"
              loading={decide.isPending}
              rightSection={<Kbd size="xs">Enter</Kbd>}
            >
              {t(`verdict.${verdict}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
