// One entry in full, and its proof: the hash of what was written, step by step up to the root that
// the checkpoint signs, calculated again in this browser.
import { Button, Code, Drawer, Group, Stack } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { save } from '@/parts/download';
import { Notice } from '@/parts/notice';
import { Fetched, Loading } from '@/parts/states';
import { Tag } from '@/parts/tag';
import styles from './journal.module.css';
import { canCheck, climb } from './proof';
import { type Proof, proofQuery } from './queries';

interface Props {
  seq: number | null;
  onClose: () => void;
  onSubject: (subject: string) => void;
}

export function EntryDrawer({ seq, onClose, onSubject }: Props) {
  const { t } = useTranslation('journal');
  return (
    <Drawer
      opened={seq !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={t('entry', { seq: seq ?? 0 })}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      {seq !== null && <Entry seq={seq} onSubject={onSubject} />}
    </Drawer>
  );
}

function Entry({ seq, onSubject }: { seq: number; onSubject: (subject: string) => void }) {
  const { t } = useTranslation('journal');
  const format = useFormat();
  const query = useQuery(proofQuery(seq));
  return (
    <Fetched query={query}>
      {(proof) => {
        const { entry } = proof;
        const { subject } = entry;
        return (
          <Stack gap="md">
            <dl className={styles.facts}>
              <dt>{t('at')}</dt>
              <dd>
                <time dateTime={entry.at}>{format.time(entry.at)}</time>{' '}
                <span className="quiet">{entry.at}</span>
              </dd>
              <dt>{t('actor')}</dt>
              <dd>{entry.actor}</dd>
              <dt>{t('act')}</dt>
              <dd>{entry.act}</dd>
              <dt>{t('subject')}</dt>
              <dd>
                {subject ? (
                  <Button
                    variant="subtle"
                    size="compact-sm"
                    className={styles.subject}
                    onClick={() => onSubject(subject)}
                  >
                    {t('subject_all', { subject })}
                  </Button>
                ) : (
                  '–'
                )}
              </dd>
            </dl>
            <h3 className={styles.heading}>{t('body')}</h3>
            <Code block className={styles.body} tabIndex={0}>
              {JSON.stringify(entry.body, null, 2)}
            </Code>
            <ProofShown proof={proof} />
          </Stack>
        );
      }}
    </Fetched>
  );
}

function ProofShown({ proof }: { proof: Proof }) {
  const { t } = useTranslation('journal');
  const format = useFormat();
  const { leaf_hash, index, size, path, root, checkpoint } = proof;
  const checked = useQuery({
    queryKey: ['journal', 'climbed', proof.entry.seq, size, root],
    queryFn: () => climb(leaf_hash, index, size, path),
    enabled: canCheck(),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const same = checked.data?.root === root;
  return (
    <section aria-label={t('proof.title')}>
      <h3 className={styles.heading}>{t('proof.title')}</h3>
      <p className={styles.how}>{t('proof.how')}</p>
      {!canCheck() && <Notice tone="warn">{t('proof.cannot')}</Notice>}
      {canCheck() && checked.isPending && <Loading />}
      {checked.data && (
        <Notice tone={same && proof.holds ? 'good' : 'bad'}>
          {t(same && proof.holds ? 'proof.holds' : 'proof.fails', {
            seq: proof.entry.seq,
            count: size,
          })}
        </Notice>
      )}
      {checked.error && <Notice tone="bad">{t('proof.fails', { seq: proof.entry.seq })}</Notice>}
      <ol className={styles.path}>
        <li>
          <Hash hash={leaf_hash} />
          <span>{t('proof.leaf', { seq: proof.entry.seq })}</span>
        </li>
        {checked.data?.steps.map(({ beside, side, together }, step) => (
          <li key={beside}>
            <Hash hash={together} />
            <span>
              {t(`proof.step_${side}`, { step: step + 1 })} <Hash hash={beside} quiet />
            </span>
          </li>
        ))}
        <li className={same ? styles.root : undefined}>
          <Hash hash={root} />
          <Tag tone={same ? 'good' : 'plain'} icon={same ? IconCircleCheck : IconCircleX}>
            {t('proof.root', { count: size })}
          </Tag>
        </li>
      </ol>
      {checkpoint && (
        <Group justify="space-between">
          <span>
            {t(checkpoint.signed ? 'proof.signed' : 'proof.unsigned', {
              at: format.time(checkpoint.at),
              count: checkpoint.size,
            })}
          </span>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() =>
              save(
                `proof-${proof.entry.seq}.json`,
                new Blob([JSON.stringify(proof, null, 2)], { type: 'application/json' }),
              )
            }
          >
            {t('proof.save')}
          </Button>
        </Group>
      )}
    </section>
  );
}

function Hash({ hash, quiet = false }: { hash: string; quiet?: boolean }) {
  return (
    <code className={`code ${quiet ? 'quiet' : ''}`} title={hash}>
      {hash.slice(0, 12)}…{hash.slice(-6)}
    </code>
  );
}
