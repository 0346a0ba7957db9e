// The dialog of a decision, made for speed: each reason has a number, Enter sends, and what an act
// needs beyond a reason (a question, a modality) stands in the same place every time. A refusal
// leaves everything as it was typed.
import { Button, Group, Kbd, Modal, NativeSelect, Stack, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import type { Act, Modality } from '@/api/desk';
import { useFormat } from '@/app/format';
import { Notice } from '../notice';
import styles from './decide-dialog.module.css';
import {
  type Decided,
  keepReason,
  lastReasons,
  type Order,
  type ReasonCode,
  reasonsFor,
  useCodes,
  useDecide,
} from './decisions';

export interface Wish {
  act: Act;
  consignments: string[];
  /** What the plan would use, offered first. */
  modality?: Modality;
  /** What the act is done to, in words: "C-12 · Vehicle parts". */
  about: string;
  /** Against what the plan says. */
  against?: boolean;
}

const MODALITIES: Modality[] = ['document', 'scan', 'dog', 'trace', 'lab', 'unpack'];

interface Props {
  wish: Wish;
  onClose: () => void;
  onDecided: (decided: Decided, order: Order) => void;
}

export function DecideDialog({ wish, onClose, onDecided }: Props) {
  const { t } = useTranslation('desk');
  const format = useFormat();
  const { data: codes } = useCodes();
  const decide = useDecide();
  const name = useId();
  const id = useRef('');
  if (!id.current) id.current = newId();
  const [last] = useState(() => lastReasons(wish.act));
  const reasons = reasonsFor(codes?.reason_codes ?? [], wish.act, last);
  const [picked, setPicked] = useState<string | null>(null);
  const code = picked ?? last[0] ?? null;
  const [words, setWords] = useState('');
  const [question, setQuestion] = useState('');
  const [modality, setModality] = useState<Modality>(wish.modality ?? 'unpack');
  const [faults, setFaults] = useState<{ code?: string; words?: string; question?: string }>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const { act } = wish;
  const chosen = reasons.find((one) => one.code === code);
  const asks = act === 'ask';
  const form = useRef<HTMLFormElement>(null);

  // The reasons may come after the dialog: the hand must find the first one all the same.
  const ready = reasons.length > 0;
  const firstCode = reasons.find((one) => one.code === code)?.code ?? reasons[0]?.code;
  useEffect(() => {
    if (ready && !asks) document.getElementById(`${name}-${firstCode}`)?.focus();
  }, [ready, asks, name, firstCode]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong: typeof faults = {};
    if (!chosen) wrong.code = t('dialog.code_missing');
    if (chosen?.needs_text && words.trim() === '') wrong.words = t('dialog.words_missing');
    if (asks && question.trim() === '') wrong.question = t('dialog.question_missing');
    setFaults(wrong);
    if (!chosen || Object.keys(wrong).length > 0) return;
    setBusy(true);
    try {
      const order: Order = {
        id: id.current,
        act,
        consignments: wish.consignments,
        reason_code: chosen.code,
        reason: words.trim(),
        ...(act === 'inspect' ? { modality } : {}),
        ...(asks ? { question: question.trim() } : {}),
      };
      const decided = await decide(order);
      keepReason(act, chosen.code);
      onDecided(decided, order);
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLFormElement>) => {
    const typing = event.target instanceof HTMLTextAreaElement;
    if (typing && event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      form.current?.requestSubmit();
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      form.current?.requestSubmit();
    }
    const number = Number(event.key);
    const reason = event.key.length === 1 ? reasons[(number === 0 ? 10 : number) - 1] : undefined;
    if (reason) {
      event.preventDefault();
      setPicked(reason.code);
      document.getElementById(`${name}-${reason.code}`)?.focus();
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t(wish.against ? `dialog.against_${act}` : `dialog.title_${act}`)}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
      size="lg"
    >
      <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown} noValidate>
        <Stack gap="md">
          <div className={styles.about}>
            <strong>{wish.about}</strong>
            <span className="quiet">{t(`dialog.effect_${act}`)}</span>
          </div>
          {asks && (
            <Textarea
              data-autofocus
              required
              autosize
              minRows={2}
              maxLength={2000}
              label={t('dialog.question')}
              description={t('dialog.question_why')}
              value={question}
              onChange={(event) => setQuestion(event.currentTarget.value)}
              error={faults.question}
            />
          )}
          {act === 'inspect' && (
            <NativeSelect
              label={t('dialog.modality')}
              value={modality}
              onChange={(event) => setModality(event.currentTarget.value as Modality)}
              data={MODALITIES.map((value) => ({ value, label: t(`modality.${value}`) }))}
            />
          )}
          <Reasons
            name={name}
            reasons={reasons}
            code={code}
            pick={setPicked}
            fault={faults.code}
            focus={!asks}
            said={(one) => format.said(one.said)}
          />
          <Textarea
            autosize
            minRows={2}
            maxLength={1000}
            label={t('parts:dialog.words')}
            description={chosen?.needs_text ? t('dialog.words_needed') : t('dialog.words_kept')}
            required={chosen?.needs_text ?? false}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            error={faults.words}
          />
          {problem !== null && <Notice tone="bad" problem={problem} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('parts:cancel')}
            </Button>
            <Button type="submit" loading={busy} rightSection={<Kbd size="xs">Enter</Kbd>}>
              {t(`act.${act}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface ReasonsProps {
  name: string;
  reasons: ReasonCode[];
  code: string | null;
  pick: (code: string) => void;
  fault: string | undefined;
  focus: boolean;
  said: (code: ReasonCode) => string;
}

function Reasons({ name, reasons, code, pick, fault, focus, said }: ReasonsProps) {
  const { t } = useTranslation('desk');
  const first = reasons.some((one) => one.code === code) ? code : reasons[0]?.code;
  return (
    <fieldset className={styles.reasons} aria-describedby={fault ? `${name}-fault` : undefined}>
      <legend>{t('dialog.reason')}</legend>
      {reasons.map((one, at) => (
        <label key={one.code} className={styles.reason} data-on={one.code === code || undefined}>
          <input
            type="radio"
            id={`${name}-${one.code}`}
            name={name}
            checked={one.code === code}
            onChange={() => pick(one.code)}
            {...(focus && one.code === first ? { 'data-autofocus': true } : {})}
          />
          <span>{said(one)}</span>
          {at < 10 && (
            <Kbd size="xs" aria-hidden>
              {(at + 1) % 10}
            </Kbd>
          )}
        </label>
      ))}
      {fault && (
        <div id={`${name}-fault`} role="alert" className={styles.fault}>
          {fault}
        </div>
      )}
    </fieldset>
  );
}
