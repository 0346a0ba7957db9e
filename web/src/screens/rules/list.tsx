// All rules with what they earn. What needs somebody comes first: weak ones, those due for review,
// and those that wait in shadow for another person.
import { Button, Kbd, TextInput } from '@mantine/core';
import { IconFileImport, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useKeys } from '@/app/keys';
import { useMay } from '@/app/session';
import { ChipChoice } from '@/parts/chips';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Interval } from '@/parts/interval';
import { Lane } from '@/parts/lane';
import { Page } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { type Sortable, sorted } from '@/parts/table/sorting';
import { type Column, DataTable, type Sort } from '@/parts/table/table';
import { Tag } from '@/parts/tag';
import { fits } from '@/screens/queue/hangul';
import { ImportDialog } from './import-dialog';
import type { Address, Go } from './index';
import { type RuleSummary, rulesQuery } from './queries';
import styles from './rules.module.css';
import { StateTag, VerdictTag } from './state-tag';

const FILTERS = ['in_force', 'shadow', 'draft', 'weak', 'ended'] as const;
type Filter = (typeof FILTERS)[number];

export function passes(rule: RuleSummary, filter: Filter | null): boolean {
  if (filter === null) return true;
  if (filter === 'weak') return rule.weak || rule.review_due;
  if (filter === 'ended') return ['expired', 'retired', 'replaced'].includes(rule.state);
  if (filter === 'in_force') return ['in_force', 'approved'].includes(rule.state);
  return rule.state === filter;
}

/** How much a rule needs somebody; the less the sooner. */
export function need(rule: RuleSummary): number {
  if (rule.weak) return 0;
  if (rule.review_due) return 1;
  if (rule.state === 'shadow') return 2;
  if (rule.state === 'draft') return 3;
  return ['in_force', 'approved'].includes(rule.state) ? 4 : 5;
}

function sortOf(rule: RuleSummary, by: string): Sortable {
  const { scorecard } = rule;
  switch (by) {
    case 'code':
      return rule.code;
    case 'need':
      return need(rule);
    case 'lift':
      return scorecard.lift?.estimate;
    case 'minutes_per_find':
      return scorecard.minutes_per_find;
    case 'last_find':
      return scorecard.last_find;
    case 'owner':
      return rule.version.owner;
    default:
      return scorecard[by as 'fired' | 'examined' | 'finds'];
  }
}

interface Props {
  address: Address;
  go: Go;
}

export function RuleList({ address, go }: Props) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const may = useMay();
  const query = useQuery(rulesQuery);
  const [sort, setSort] = useState<Sort>({ by: 'need', descending: false });
  const [importing, setImporting] = useState(false);
  const filter = FILTERS.find((one) => one === address.state) ?? null;
  const q = String(address.q ?? '');
  const all = query.data ?? [];
  const rows = useMemo(
    () =>
      sorted(
        (query.data ?? []).filter(
          (rule) =>
            passes(rule, filter) &&
            fits(
              q,
              `${rule.code} ${rule.version.officer.ko} ${rule.version.officer.en} ${rule.version.owner} ${rule.version.condition}`,
            ),
        ),
        sort,
        sortOf,
        format.locale,
      ),
    [query.data, filter, q, sort, format.locale],
  );
  const edits = may('edit_rule');
  useKeys(
    'rules',
    edits ? [{ keys: 'n', said: t('new'), act: () => go({ edit: '' }, false) }] : [],
  );
  const count = (one: Filter) => all.filter((rule) => passes(rule, one)).length;
  const number = (by: 'fired' | 'examined' | 'finds', width: number): Column<RuleSummary> => ({
    id: by,
    header: t(`score.${by}`),
    width,
    align: 'end',
    sort: by,
    cell: ({ scorecard }) => format.count(scorecard[by]),
  });
  const columns: Column<RuleSummary>[] = [
    {
      id: 'code',
      header: t('list.rule'),
      width: '2fr',
      min: 230,
      fixed: true,
      sort: 'code',
      cell: ({ code, version, newest }) => (
        <div className={styles.two}>
          <div className={styles.ruleName} title={format.said(version.officer)}>
            {format.said(version.officer)}
          </div>
          <div className={styles.second}>
            {code}
            {newest > version.version && ` · ${t('list.newest', { version: newest })}`}
          </div>
        </div>
      ),
    },
    {
      id: 'state',
      header: t('list.state'),
      width: 150,
      sort: 'need',
      cell: ({ state, weak, review_due }) => (
        <span className={styles.marks}>
          <StateTag state={state} />
          {weak ? (
            <Tag tone="bad">{t('weak')}</Tag>
          ) : (
            review_due && <Tag tone="warn">{t('review_due')}</Tag>
          )}
        </span>
      ),
    },
    number('fired', 68),
    number('examined', 94),
    number('finds', 68),
    {
      id: 'lift',
      header: t('score.lift'),
      width: 130,
      align: 'end',
      sort: 'lift',
      cell: ({ scorecard }) => <Interval value={scorecard.lift} />,
    },
    {
      id: 'minutes_per_find',
      header: t('score.minutes_per_find'),
      width: 118,
      align: 'end',
      sort: 'minutes_per_find',
      cell: ({ scorecard }) =>
        scorecard.minutes_per_find == null ? '–' : format.minutes(scorecard.minutes_per_find),
    },
    {
      id: 'last_find',
      header: t('score.last_find'),
      width: 110,
      sort: 'last_find',
      cell: ({ scorecard }) => (scorecard.last_find ? format.day(scorecard.last_find) : '–'),
    },
    {
      id: 'verdict',
      header: t('score.verdict'),
      width: 122,
      cell: ({ scorecard }) => <VerdictTag verdict={scorecard.verdict} />,
    },
    {
      id: 'lane',
      header: t('fields.lane'),
      width: 92,
      cell: ({ version }) => <Lane lane={version.lane} />,
    },
    {
      id: 'owner',
      header: t('fields.owner'),
      width: 110,
      hidden: true,
      sort: 'owner',
      cell: ({ version }) => version.owner,
    },
    {
      id: 'valid_until',
      header: t('fields.valid_until'),
      width: 130,
      hidden: true,
      cell: ({ version }) => format.day(version.valid_until),
    },
  ];
  const weak = all.filter((rule) => rule.weak).length;
  const waiting = all.filter(({ state }) => state === 'shadow').length;
  return (
    <Page
      title={t('title')}
      about={t('about')}
      help={t('help')}
      fills
      actions={
        <>
          {edits && (
            <>
              <Button
                leftSection={<IconPlus size={18} aria-hidden />}
                rightSection={<Kbd size="xs">n</Kbd>}
                onClick={() => go({ edit: '' }, false)}
              >
                {t('new')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconFileImport size={18} aria-hidden />}
                onClick={() => setImporting(true)}
              >
                {t('import.open')}
              </Button>
            </>
          )}
          <ExportMenu
            exports={[
              {
                id: 'csv',
                said: t('export.csv'),
                note: t('export.note', { count: rows.length }),
                act: () => save('rules.csv', rulesCsv(rows)),
              },
            ]}
          />
        </>
      }
    >
      <Fetched query={query}>
        {() => (
          <>
            <p className={styles.say} role="status">
              {t('said', { count: all.filter(({ state }) => state === 'in_force').length })}{' '}
              {weak > 0 && t('said_weak', { count: weak })}{' '}
              {waiting > 0 && t('said_waiting', { count: waiting })}
            </p>
            <DataTable
              name="rules"
              label={t('title')}
              columns={columns}
              rows={rows}
              rowId={({ code }) => code}
              rowHeight={52}
              sort={sort}
              onSort={setSort}
              onOpen={({ code }) => go({ rule: code }, false)}
              toolbar={
                <>
                  <TextInput
                    aria-label={t('list.find')}
                    placeholder={t('list.find')}
                    leftSection={<IconSearch size={18} aria-hidden />}
                    value={q}
                    onChange={(event) => go({ q: event.currentTarget.value || undefined })}
                  />
                  <ChipChoice
                    label={t('list.state')}
                    options={FILTERS.map((value) => ({
                      value,
                      said: t(`filter.${value}`),
                      count: count(value),
                    }))}
                    value={filter}
                    onChange={(value) => go({ state: value ?? undefined })}
                  />
                </>
              }
              empty={
                all.length === 0 ? (
                  <Empty
                    title={t('list.none')}
                    {...(edits
                      ? { action: { said: t('new'), act: () => go({ edit: '' }, false) } }
                      : {})}
                  >
                    {t('list.none_next')}
                  </Empty>
                ) : (
                  <Empty title={t('list.no_match')}>{t('list.no_match_next')}</Empty>
                )
              }
            />
          </>
        )}
      </Fetched>
      {importing && (
        <ImportDialog onClose={() => setImporting(false)} show={(rule) => go({ rule }, false)} />
      )}
    </Page>
  );
}

function rulesCsv(rows: RuleSummary[]) {
  return csv(
    [
      'code',
      'version',
      'state',
      'owner',
      'lane',
      'modality',
      'valid_from',
      'valid_until',
      'fired',
      'examined',
      'finds',
      'lift',
      'lift_low',
      'lift_high',
      'minutes_per_find',
      'last_find',
      'verdict',
      'condition',
    ],
    rows.map(({ code, state, version, scorecard }) => [
      code,
      version.version,
      state,
      version.owner,
      version.lane,
      version.modality,
      version.valid_from,
      version.valid_until,
      scorecard.fired,
      scorecard.examined,
      scorecard.finds,
      scorecard.lift?.estimate,
      scorecard.lift?.low,
      scorecard.lift?.high,
      scorecard.minutes_per_find,
      scorecard.last_find,
      scorecard.verdict,
      version.condition,
    ]),
  );
}
