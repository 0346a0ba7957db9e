// Writing a rule. As the condition is typed it is checked and counted on a sample; a backtest says
// what it would have cost and found. What is saved is a draft: it selects nothing.
import {
  Button,
  Checkbox,
  Group,
  Kbd,
  NativeSelect,
  SegmentedControl,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowLeft, IconDeviceFloppy, IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import type { Lane, Modality } from '@/api/desk';
import { useFormat } from '@/app/format';
import { useKeys } from '@/app/keys';
import { useOffices } from '@/app/office';
import { useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { toFirstFault } from '@/parts/faults';
import { Notice } from '@/parts/notice';
import { Page, Section } from '@/parts/page';
import { Failed, Fetched, Loading } from '@/parts/states';
import { BacktestView } from './backtest';
import { CatalogueList } from './catalogue';
import { ConditionField } from './condition';
import type { Go } from './index';
import {
  type BacktestAsked,
  backtestQuery,
  type ConditionFault,
  catalogueQuery,
  checkQuery,
  type RuleDraft,
  ruleQuery,
  type Sample,
  useDraft,
} from './queries';
import styles from './rules.module.css';

const LANES: Lane[] = ['red', 'yellow', 'blue', 'green'];
const MODALITIES: Modality[] = ['document', 'scan', 'dog', 'trace', 'lab', 'unpack'];
/** How long after the last key the condition is checked. */
const PAUSE_MS = 150;
/** A rule ends within two years. */
const MOST_DAYS = 731;
/** Hints of unlike length above would set fields of one line apart. */
const HINT_BELOW: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
];
const CODE = /^[a-z0-9][a-z0-9.-]{1,59}$/;

const dayAfter = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A day that is still to come, or one so many days from now. */
const ahead = (day: string, days: number): string => (day > dayAfter(0) ? day : dayAfter(days));

function blank(owner: string, offices: string[]): RuleDraft {
  return {
    code: '',
    owner,
    officer: { ko: '', en: '' },
    outward: { ko: '', en: '' },
    legal_basis: '',
    lane: 'yellow',
    modality: null,
    offices: offices.includes('*') ? [] : offices,
    valid_from: dayAfter(0),
    valid_until: dayAfter(180),
    review_on: dayAfter(90),
    condition: '',
  };
}

type Faults = Partial<Record<keyof RuleDraft | 'officer_en' | 'outward_en', string>>;

/** What is missing before the server is asked; each by the key of its words. */
export function faultsOf(draft: RuleDraft): Partial<Record<keyof Faults, string>> {
  const wrong: Partial<Record<keyof Faults, string>> = {};
  if (!CODE.test(draft.code)) wrong.code = 'code';
  if (!draft.owner.trim()) wrong.owner = 'missing';
  if (!draft.officer.ko.trim()) wrong.officer = 'missing';
  if (!draft.officer.en.trim()) wrong.officer_en = 'missing';
  if (!draft.outward.ko.trim()) wrong.outward = 'missing';
  if (!draft.outward.en.trim()) wrong.outward_en = 'missing';
  if (!draft.legal_basis.trim()) wrong.legal_basis = 'missing';
  if (!draft.condition.trim()) wrong.condition = 'missing';
  const days = (Date.parse(draft.valid_until) - Date.parse(draft.valid_from)) / 86_400_000;
  if (!(days >= 0 && days <= MOST_DAYS)) wrong.valid_until = 'until_out_of_range';
  if (draft.review_on > draft.valid_until || draft.review_on < draft.valid_from) {
    wrong.review_on = 'review_outside';
  }
  return wrong;
}

/** Errors that still stand where they were found: the text there has not been changed since. */
export function standing(faults: ConditionFault[], checked: string, now: string): ConditionFault[] {
  return faults.filter(
    ({ from, to }) =>
      checked === now ||
      (to > from && to <= now.length && checked.slice(0, to) === now.slice(0, to)),
  );
}

interface Props {
  /** The rule to make a new version of; empty for a new rule. */
  code: string;
  go: Go;
}

export default function Editor({ code, go }: Props) {
  const { account, offices } = useSession();
  const query = useQuery({ ...ruleQuery(code), enabled: code !== '' });
  if (code === '') return <Form begin={blank(account.name, offices)} code="" go={go} />;
  return (
    <Fetched query={query}>
      {({ summary, versions }) => {
        const newest = versions[0] ?? summary.version;
        const { officer, outward, legal_basis, lane, modality, condition } = newest;
        const begin: RuleDraft = {
          code,
          owner: newest.owner,
          officer,
          outward,
          legal_basis,
          lane,
          modality: modality ?? null,
          offices: newest.offices,
          valid_from: ahead(newest.valid_from, 0),
          valid_until: ahead(newest.valid_until, 180),
          review_on: ahead(newest.review_on, 90),
          condition,
        };
        return <Form begin={begin} code={code} go={go} />;
      }}
    </Fetched>
  );
}

function Form({ begin, code, go }: Props & { begin: RuleDraft }) {
  const { t } = useTranslation('rules');
  const { t: desk } = useTranslation('desk');
  const save = useDraft();
  const offices = useOffices();
  const { offices: own } = useSession();
  const id = useRef('');
  if (!id.current) id.current = newId();
  const [draft, setDraft] = useState(begin);
  const [faults, setFaults] = useState<ReturnType<typeof faultsOf>>({});
  const [wish, setWish] = useState<{ text: string; number: number } | null>(null);
  const [tested, setTested] = useState<BacktestAsked | null>(null);
  const results = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLDivElement>(null);
  const catalogue = useQuery(catalogueQuery);
  const [settled] = useDebouncedValue(draft.condition, PAUSE_MS);
  const check = useQuery(checkQuery(settled, draft.offices, draft.modality));
  const test = useQuery({
    ...backtestQuery(tested ?? { condition: '', offices: [], modality: null }),
    enabled: tested !== null,
  });
  const set = (change: Partial<RuleDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
    // What is changed is another order.
    id.current = newId();
  };
  const checked = draft.condition.trim() ? check.data : undefined;
  const current = checked?.of === draft.condition;
  const wrong = useMemo(
    () => (checked ? standing(checked.errors, checked.of, draft.condition) : []),
    [checked, draft.condition],
  );
  const asked: BacktestAsked = {
    condition: draft.condition,
    offices: draft.offices,
    modality: draft.modality,
    ...(code ? { code } : {}),
  };
  const same = tested !== null && JSON.stringify(tested) === JSON.stringify(asked);
  const back = () => go({ edit: undefined, ...(code ? { rule: code } : {}) }, false);
  const backtest = () => {
    if (!draft.condition.trim() || (current && !checked.ok)) return;
    setTested(asked);
    requestAnimationFrame(() => results.current?.scrollIntoView?.({ block: 'nearest' }));
  };
  const submit = () => {
    const missing = faultsOf(draft);
    setFaults(missing);
    if (Object.keys(missing).length > 0) {
      toFirstFault(form.current);
      return;
    }
    if (save.isPending) return;
    save.mutate(
      { id: id.current, ...draft },
      {
        onSuccess: (made) => {
          toast.done(t('editor.saved', { code: made.code, version: made.version }));
          go({ edit: undefined, rule: made.code }, false);
        },
      },
    );
  };
  useKeys('rule-editor', [
    { keys: 'mod+Enter', said: t('editor.backtest'), act: backtest, always: true },
    { keys: 'mod+s', said: t('editor.save'), act: submit, always: true },
  ]);
  const fault = (name: keyof Faults) => {
    const found = faults[name];
    return found ? t(`fault.${found}`) : undefined;
  };
  const text = (side: 'officer' | 'outward', language: 'ko' | 'en') => (
    <Textarea
      key={`${side} ${language}`}
      required
      autosize
      minRows={2}
      maxLength={1000}
      lang={language}
      label={t(`fields.${side}_${language}`)}
      value={draft[side][language]}
      onChange={(event) =>
        set({ [side]: { ...draft[side], [language]: event.currentTarget.value } })
      }
      error={fault(language === 'ko' ? side : `${side}_en`)}
    />
  );
  const date = (name: 'valid_from' | 'valid_until' | 'review_on') => (
    <TextInput
      required
      type="date"
      label={t(`fields.${name}`)}
      value={draft[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      error={fault(name)}
    />
  );
  return (
    <Page
      title={code ? t('editor.title', { code }) : t('new')}
      about={t('editor.about')}
      actions={
        <Button
          variant="default"
          leftSection={<IconArrowLeft size={18} aria-hidden />}
          onClick={back}
        >
          {t('back')}
        </Button>
      }
    >
      <div className={styles.editor}>
        <div className={styles.column} ref={form}>
          <Section title={t('condition.title')} help={t('condition.help')}>
            <Live
              typed={draft.condition.trim() !== ''}
              fresh={current && !check.isFetching}
              ok={checked?.ok ?? false}
              sample={checked?.sample ?? null}
              error={check.error}
            />
            <ConditionField
              value={draft.condition}
              onChange={(condition) => set({ condition })}
              catalogue={catalogue.data}
              faults={wrong}
              wish={wish}
            />
            {fault('condition') && !draft.condition.trim() && (
              <div role="alert" className={styles.fault}>
                {fault('condition')}
              </div>
            )}
            <Group>
              <Button
                variant="default"
                leftSection={<IconHistory size={18} aria-hidden />}
                rightSection={<Kbd size="xs">Ctrl Enter</Kbd>}
                disabled={!draft.condition.trim() || (current && !checked.ok)}
                loading={test.isFetching}
                onClick={backtest}
              >
                {t('editor.backtest')}
              </Button>
            </Group>
          </Section>
          {tested && (
            <div ref={results}>
              <Section title={t('backtest.title')} help={t('backtest.help')}>
                {!same && <Notice tone="warn">{t('backtest.stale')}</Notice>}
                {test.data ? (
                  <BacktestView test={test.data} />
                ) : test.error ? (
                  <Failed error={test.error} again={test.refetch} />
                ) : (
                  <Loading said={t('backtest.running')} />
                )}
              </Section>
            </div>
          )}
          <Section title={t('editor.about_rule')}>
            <div className={styles.fields}>
              <TextInput
                required
                label={t('fields.code')}
                description={t('fields.code_hint')}
                inputWrapperOrder={HINT_BELOW}
                readOnly={code !== ''}
                value={draft.code}
                classNames={{ input: 'code' }}
                onChange={(event) => set({ code: event.currentTarget.value.trim().toLowerCase() })}
                error={fault('code')}
              />
              <TextInput
                required
                label={t('fields.owner')}
                description={t('fields.owner_hint')}
                inputWrapperOrder={HINT_BELOW}
                value={draft.owner}
                onChange={(event) => set({ owner: event.currentTarget.value })}
                error={fault('owner')}
              />
            </div>
            <div className={styles.fields}>
              {text('officer', 'ko')}
              {text('officer', 'en')}
            </div>
            <p className={`${styles.plain} quiet`}>{t('fields.outward_hint')}</p>
            <div className={styles.fields}>
              {text('outward', 'ko')}
              {text('outward', 'en')}
            </div>
            <div className={styles.fields}>
              <TextInput
                required
                label={t('fields.legal_basis')}
                value={draft.legal_basis}
                onChange={(event) => set({ legal_basis: event.currentTarget.value })}
                error={fault('legal_basis')}
              />
              <NativeSelect
                label={t('fields.modality')}
                value={draft.modality ?? ''}
                onChange={(event) =>
                  set({ modality: (event.currentTarget.value || null) as Modality | null })
                }
                data={[
                  { value: '', label: t('fields.no_modality') },
                  ...MODALITIES.map((value) => ({ value, label: desk(`modality.${value}`) })),
                ]}
              />
            </div>
            <div>
              <div className={styles.label} id="rule-lane">
                {t('fields.lane')}
              </div>
              <SegmentedControl
                aria-labelledby="rule-lane"
                value={draft.lane}
                onChange={(value) => set({ lane: value as Lane })}
                data={LANES.map((value) => ({ value, label: t(`parts:lane.${value}`) }))}
              />
            </div>
            <fieldset className={styles.offices}>
              <legend>{t('fields.offices')}</legend>
              {own.includes('*') && (
                <Checkbox
                  label={t('fields.every_office')}
                  checked={draft.offices.length === 0}
                  onChange={() => set({ offices: [] })}
                />
              )}
              {offices.map(({ code: office }) => (
                <Checkbox
                  key={office}
                  label={office}
                  checked={draft.offices.includes(office)}
                  onChange={(event) =>
                    set({
                      offices: event.currentTarget.checked
                        ? [...draft.offices, office].toSorted()
                        : draft.offices.filter((one) => one !== office),
                    })
                  }
                />
              ))}
            </fieldset>
            <div className={styles.fields}>
              {date('valid_from')}
              {date('valid_until')}
              {date('review_on')}
            </div>
            {Object.keys(faults).length > 0 && <Notice tone="bad">{t('fault.some')}</Notice>}
            {save.error && <Notice tone="bad" problem={save.error} />}
            <Group>
              <Button
                leftSection={<IconDeviceFloppy size={18} aria-hidden />}
                rightSection={<Kbd size="xs">Ctrl S</Kbd>}
                loading={save.isPending}
                onClick={submit}
              >
                {t('editor.save')}
              </Button>
              <span className="quiet">{t('editor.save_hint')}</span>
            </Group>
          </Section>
        </div>
        <CatalogueList
          query={catalogue}
          insert={(text_) => setWish((now) => ({ text: text_, number: (now?.number ?? 0) + 1 }))}
        />
      </div>
    </Page>
  );
}

interface LiveProps {
  typed: boolean;
  fresh: boolean;
  ok: boolean;
  sample: Sample | null;
  error: unknown;
}

/** What the condition does on the sample, as one types. */
function Live({ typed, fresh, ok, sample, error }: LiveProps) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  if (error) return <Notice tone="bad" problem={error} />;
  return (
    <div className={styles.live} role="status" data-stale={!fresh || undefined}>
      {!typed ? (
        <span className="quiet">{t('live.empty')}</span>
      ) : !ok ? (
        <span className="quiet">{t(fresh ? 'live.not_yet' : 'live.counting')}</span>
      ) : sample ? (
        <>
          <strong>
            {t('live.fired', {
              fired: format.count(sample.fired),
              share: format.share(sample.share),
              per_day: format.number(sample.per_day),
              minutes: format.minutes(sample.minutes_per_day),
            })}
          </strong>{' '}
          <span className="quiet">
            {t('live.of', {
              consignments: format.count(sample.consignments),
              days: format.count(sample.days),
              last: format.day(sample.last),
              examined: format.count(sample.examined),
              finds: format.count(sample.finds),
            })}
          </span>
        </>
      ) : (
        <span className="quiet">{t('live.nothing_stored')}</span>
      )}
    </div>
  );
}
