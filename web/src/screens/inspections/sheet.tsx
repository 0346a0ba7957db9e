// One consignment at the dock: what it is said to be, why it was chosen, where to look, and what
// came of it. The form shows at once for what is open, and behind a button for what is recorded.
import { Button, Checkbox } from '@mantine/core';
import { IconArrowLeft, IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay, useSession } from '@/app/session';
import { SinceTag } from '@/parts/decide/since';
import { Lane, type LaneName } from '@/parts/lane';
import { ReasonSentence } from '@/parts/reason';
import { Loading } from '@/parts/states';
import { Tag } from '@/parts/tag';
import { Conflict } from './conflict';
import { type Outbox, useCodes } from './dock';
import { newDraft } from './form';
import styles from './inspections.module.css';
import { standOf } from './item-state';
import { type ChangeDraft, OutcomeForm } from './outcome-form';
import { Modalities, OutcomeTag } from './outcome-words';
import type { Draft, Entry, Item, OutcomeKind, RecordedOutcome } from './shapes';
import { dock } from './store';

interface Props {
  item: Item;
  outbox: Outbox;
  back: () => void;
  /** Goes on to the next open one. */
  done: (outcome: OutcomeKind) => void;
  last: boolean;
}

export function Sheet({ item, outbox, back, done, last }: Props) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const may = useMay();
  const [draft, change] = useDraft(item, outbox.mine);
  const codes = useCodes();
  const [again, setAgain] = useState(false);
  const playbook = item.playbook ?? [];
  const stand = standOf(item, outbox.mine);
  const asks = stand.kind === 'open' || stand.kind === 'refused' || again;
  return (
    <article className={styles.article} aria-labelledby="dock-item">
      <header className={styles.sheetHead}>
        <button
          type="button"
          className={`${styles.square} ${styles.back}`}
          aria-label={t('back')}
          onClick={back}
        >
          <IconArrowLeft size={26} aria-hidden />
        </button>
        <div className={styles.sheetTitle}>
          <h2 id="dock-item" className="code">
            {item.reference}
          </h2>
          <div className={styles.tags}>
            {item.place && <strong>{t('place', { place: item.place })}</strong>}
            {item.lane && <Lane lane={item.lane as LaneName} />}
            <Modalities steps={item.steps.length > 0 ? item.steps : [item.modality]} />
            <span className="nowrap">{format.minutes(item.minutes)}</span>
            <SinceTag amended={item.amended} />
          </div>
        </div>
        <span className={styles.sheetPosition}>
          <span className="visually-hidden">{t('position')} </span>
          {item.position}
        </span>
      </header>

      {item.decision && (
        <p className={styles.decision}>
          <strong>{t(`decision.${item.decision.act}`)}</strong>{' '}
          {item.decision.question || item.decision.reason}{' '}
          <span className="quiet">
            {item.decision.by}, {format.time(item.decision.at)}
          </span>
        </p>
      )}

      <Facts item={item} />

      {item.reasons.length > 0 && (
        <Part title={t('why')}>
          <ul className={styles.plainList}>
            {item.reasons.map((reason) => (
              <li key={reason.feature}>
                <ReasonSentence reason={reason} />
              </li>
            ))}
          </ul>
          {may('read_consignment') && (
            <Link to="/consignments/$id" params={{ id: item.consignment }} className={styles.more}>
              {t('all_of_it')}
            </Link>
          )}
        </Part>
      )}

      {playbook.length > 0 && (
        <Part title={t('playbook.title')}>
          <ul className={styles.checks}>
            {playbook.map((line, at) => (
              // The lines of a playbook have no other name than their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <li key={at}>
                <Checkbox
                  size="lg"
                  className={styles.check ?? ''}
                  checked={draft?.checked.includes(at) ?? false}
                  disabled={!draft || !asks}
                  onChange={(event) => {
                    const on = event.currentTarget.checked;
                    change((before) => ({
                      ...before,
                      checked: on
                        ? [...before.checked, at]
                        : before.checked.filter((one) => one !== at),
                    }));
                  }}
                  label={
                    <span className={styles.checkWords}>
                      <span>{format.said(line.where)}</span>
                      <span className={styles.tags}>
                        <Modalities steps={[line.with]} />
                        {line.defeats && (
                          <Tag tone="warn">
                            {t('playbook.defeats', { what: format.said(line.defeats) })}
                          </Tag>
                        )}
                      </span>
                    </span>
                  }
                />
              </li>
            ))}
          </ul>
        </Part>
      )}

      {stand.kind === 'conflict' && <Conflict entry={stand.entry} outbox={outbox} />}
      {stand.kind === 'refused' && (
        <div className={styles.bad} role="alert">
          <strong>{t('refused.title')}</strong> {stand.entry.said} {stand.entry.next}
        </div>
      )}
      {(stand.kind === 'done' || stand.kind === 'waiting') && !again && (
        <Part title={t('recorded.title')}>
          <div className={styles.tags}>
            <OutcomeTag outcome={stand.outcome} />
            <span>{t(stand.kind === 'waiting' ? 'recorded.waiting' : 'recorded.sent')}</span>
          </div>
          {item.outcome && stand.kind === 'done' && <Recorded outcome={item.outcome} />}
          <div>
            <Button
              variant="default"
              size="lg"
              leftSection={<IconPencil size={20} aria-hidden />}
              onClick={() => setAgain(true)}
            >
              {t('recorded.correct')}
            </Button>
          </div>
        </Part>
      )}
      {asks && stand.kind !== 'conflict' && (
        <Part title={t('result')}>
          {draft && codes.data ? (
            <OutcomeForm
              item={item}
              draft={draft}
              change={change}
              codes={codes.data}
              last={last}
              record={async (report) => {
                await outbox.record(report, item.reference);
                setAgain(false);
                done(report.outcome);
              }}
            />
          ) : codes.error ? (
            <div className={styles.bad} role="alert">
              {t('no_codes')}
            </div>
          ) : (
            <Loading />
          )}
        </Part>
      )}
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Facts({ item }: { item: Item }) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  const { goods } = item;
  const facts: [string, string | null][] = [
    [t('facts.goods'), [goods.description, goods.hs].filter(Boolean).join(' · ') || null],
    [t('facts.origin'), goods.origin],
    [
      t('facts.amount'),
      [
        item.packages === null ? null : t('facts.packages', { count: item.packages }),
        goods.net_mass_kg === null ? null : format.mass(goods.net_mass_kg),
      ]
        .filter(Boolean)
        .join(' · ') || null,
    ],
    [t('facts.bills'), item.bills.join(', ') || null],
    [t('facts.containers'), item.containers.join(', ') || null],
    [t('facts.consignor'), item.consignor],
    [t('facts.consignee'), item.consignee],
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Recorded({ outcome }: { outcome: RecordedOutcome }) {
  const { t } = useTranslation('inspections');
  const format = useFormat();
  return (
    <p className="quiet">
      {t('recorded.by', {
        officer: outcome.officer,
        time: format.time(outcome.recorded_at),
        count: outcome.revision,
      })}
    </p>
  );
}

/** The half-made report of this consignment, kept at every change. */
function useDraft(item: Item, entries: Entry[]): [Draft | null, (how: ChangeDraft) => void] {
  const { account } = useSession();
  const [draft, setDraft] = useState<Draft | null>(null);
  const now = useRef<Draft | null>(null);
  const sent = entries.findLast(
    ({ state, report }) => state === 'sent' && report.consignment === item.consignment,
  );
  const base = Math.max(item.outcome?.revision ?? 0, sent?.recorded?.revision ?? 0) || null;
  // The list may come again while something is typed; what is typed stays, and so does what it was
  // typed upon: if the register has moved on, that is a conflict to be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another consignment starts anew
  useEffect(() => {
    let over = false;
    void dock()
      .then((store) => store.draft(account.id, item.consignment))
      .then((kept) => {
        if (over) return;
        now.current = kept ?? { ...newDraft(account.id, item), base_revision: base };
        setDraft(now.current);
      });
    return () => {
      over = true;
    };
  }, [account.id, item.consignment]);
  const change = (how: ChangeDraft) => {
    if (!now.current) return;
    const next = how(now.current);
    now.current = next;
    setDraft(next);
    void dock().then((store) => store.keepDraft(next));
  };
  return [draft, change];
}
