// One rule: what it says and earns, where it is in its life, and what comes next. Before another
// person approves it, they see what it would cost and find.
import { Button, Kbd } from '@mantine/core';
import {
  IconArchive,
  IconArrowLeft,
  IconDownload,
  IconEye,
  IconPencil,
  IconRosetteDiscountCheck,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useKeys } from '@/app/keys';
import { useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { Chart } from '@/parts/chart/chart';
import { save } from '@/parts/download';
import { Lane } from '@/parts/lane';
import { Notice } from '@/parts/notice';
import { Page, Section } from '@/parts/page';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Failed, Fetched, Loading } from '@/parts/states';
import { BacktestView, bars } from './backtest';
import { Hits } from './hits';
import type { Address, Go } from './index';
import {
  type Act,
  backtestQuery,
  type RuleDetail,
  type RuleVersion,
  ruleQuery,
  useSteer,
} from './queries';
import styles from './rules.module.css';
import { Score } from './scorecard';
import { StateTag } from './state-tag';
import { Versions } from './versions';

interface Props {
  code: string;
  address: Address;
  go: Go;
}

export default function Detail({ code, address, go }: Props) {
  const { t } = useTranslation('rules');
  const query = useQuery(ruleQuery(code));
  const back = () => go({ rule: undefined, from: undefined, to: undefined }, false);
  useKeys('rule', [{ keys: 'b', said: t('back'), act: back }]);
  if (query.data) return <Whole rule={query.data} address={address} go={go} back={back} />;
  return (
    <Page title={code} actions={<Back act={back} />}>
      <Fetched query={query}>{() => <Loading />}</Fetched>
    </Page>
  );
}

function Back({ act }: { act: () => void }) {
  const { t } = useTranslation('rules');
  return (
    <Button
      variant="default"
      leftSection={<IconArrowLeft size={18} aria-hidden />}
      rightSection={<Kbd size="xs">b</Kbd>}
      onClick={act}
    >
      {t('back')}
    </Button>
  );
}

const ALIVE: RuleVersion['state'][] = ['draft', 'shadow', 'approved', 'in_force'];

/** What a version's state lets somebody do with it; the server has the last word. */
export function actsOf(state: RuleVersion['state'], may: RuleDetail['may']): Act[] {
  const acts: Act[] = [];
  if (state === 'draft' && may.edit) acts.push('shadow');
  if (state === 'shadow' && may.approve) acts.push('approve');
  if (ALIVE.includes(state) && may.edit) acts.push('retire');
  return acts;
}

const ICONS = { shadow: IconEye, approve: IconRosetteDiscountCheck, retire: IconArchive };

interface WholeProps {
  rule: RuleDetail;
  address: Address;
  go: Go;
  back: () => void;
}

function Whole({ rule, address, go, back }: WholeProps) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const [acting, setActing] = useState<{ act: Act; version: RuleVersion } | null>(null);
  const { summary, versions, may } = rule;
  const { version, scorecard } = summary;
  const live = versions.filter(({ state }) => ALIVE.includes(state));
  const shadow = versions.find(({ state }) => state === 'shadow');
  useKeys(
    'rule-acts',
    may.edit ? [{ keys: 'e', said: t('edit'), act: () => go({ edit: summary.code }, false) }] : [],
  );
  return (
    <Page
      title={format.said(version.officer)}
      about={
        <span className={styles.tags}>
          <span className="code">{summary.code}</span>
          <StateTag state={summary.state} />
          <Lane lane={version.lane} />
        </span>
      }
      actions={
        <>
          <Back act={back} />
          {may.edit && (
            <Button
              leftSection={<IconPencil size={18} aria-hidden />}
              rightSection={<Kbd size="xs">e</Kbd>}
              onClick={() => go({ edit: summary.code }, false)}
            >
              {t('edit')}
            </Button>
          )}
        </>
      }
    >
      {summary.weak && <Notice tone="bad">{t('weak_said')}</Notice>}
      {summary.review_due && (
        <Notice tone="warn">{t('review_said', { day: format.day(version.review_on) })}</Notice>
      )}
      <Section title={t('life.now')}>
        <ul className={styles.list}>
          {live.length === 0 && <li className="quiet">{t('life.over')}</li>}
          {live.map((one) => (
            <Standing
              key={one.version}
              version={one}
              may={may}
              act={(act) => setActing({ act, version: one })}
            />
          ))}
        </ul>
      </Section>
      <Score scorecard={scorecard} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Section title={t('condition.title')} actions={<Toml rule={rule} />}>
            <pre className={styles.code}>{version.condition}</pre>
            <Facts version={version} />
          </Section>
          <Versions rule={rule} address={address} go={go} />
        </div>
        <div className={styles.column}>
          {shadow && <Shadow rule={rule} version={shadow} />}
          <Days rule={rule} />
          {version.state !== 'shadow' && version.state !== 'draft' && (
            <Hits code={summary.code} version={version.version} />
          )}
          <Life rule={rule} />
        </div>
      </div>
      {acting && (
        <ActDialog
          act={acting.act}
          version={acting.version}
          replaces={
            versions.find(
              ({ state, version: number }) =>
                state === 'in_force' && number !== acting.version.version,
            ) ?? null
          }
          onClose={() => setActing(null)}
        />
      )}
    </Page>
  );
}

interface StandingProps {
  version: RuleVersion;
  may: RuleDetail['may'];
  act: (act: Act) => void;
}

/** One version that lives: who made it so, and what can be done with it. */
function Standing({ version, may, act }: StandingProps) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const { account } = useSession();
  const acts = actsOf(version.state, may);
  const own = [version.drafted_by, version.shadow_by].includes(account.name);
  const [by, at] =
    version.state === 'in_force' || version.state === 'approved'
      ? [version.approved_by, version.approved_at]
      : version.state === 'shadow'
        ? [version.shadow_by, version.shadow_at]
        : [version.drafted_by, version.drafted_at];
  return (
    <li className={styles.standing}>
      <span className={styles.tags}>
        <strong>{t('version', { version: version.version })}</strong>
        <StateTag state={version.state} />
        <span className="quiet">
          {[by, at && format.time(at)].filter(Boolean).join(' · ')} ·{' '}
          {t('valid', {
            from: format.day(version.valid_from),
            until: format.day(version.valid_until),
          })}
        </span>
      </span>
      <span className={`${styles.tags} unprinted`}>
        {version.state === 'shadow' && may.approve && own && (
          <span className="quiet">{t('second_person')}</span>
        )}
        {acts
          .filter((one) => one !== 'approve' || !own)
          .map((one) => {
            const Icon = ICONS[one];
            return (
              <Button
                key={one}
                variant={one === 'approve' ? 'filled' : 'default'}
                leftSection={<Icon size={18} aria-hidden />}
                onClick={() => act(one)}
              >
                {t(`act.${one}`)}
              </Button>
            );
          })}
      </span>
    </li>
  );
}

interface ActProps {
  act: Act;
  version: RuleVersion;
  replaces: RuleVersion | null;
  onClose: () => void;
}

function ActDialog({ act, version, replaces, onClose }: ActProps) {
  const { t } = useTranslation('rules');
  const steer = useSteer();
  const asked = useMemo(
    () => ({
      condition: version.condition,
      offices: version.offices,
      modality: version.modality,
      code: version.code,
    }),
    [version],
  );
  const test = useQuery({ ...backtestQuery(asked), enabled: act !== 'retire' });
  const values = { code: version.code, version: version.version };
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      size="xl"
      title={t(`act.${act}_title`, values)}
      act={t(`act.${act}`)}
      danger={act === 'retire'}
      onAct={async (reasoned) => {
        await steer.mutateAsync({ act, ...values, reasoned });
        toast.done(t(`act.${act}_done`, values));
      }}
    >
      <p className={styles.plain}>
        {t(`act.${act}_said`, values)}{' '}
        {act === 'approve' && replaces && t('act.approve_replaces', { version: replaces.version })}
      </p>
      {act !== 'retire' &&
        (test.data ? (
          <BacktestView test={test.data} small />
        ) : test.error ? (
          <Failed error={test.error} again={test.refetch} />
        ) : (
          <Loading said={t('backtest.running')} />
        ))}
    </ReasonDialog>
  );
}

function Facts({ version }: { version: RuleVersion }) {
  const { t } = useTranslation('rules');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const facts: [string, string][] = [
    [t('fields.outward'), format.said(version.outward)],
    [t('fields.legal_basis'), version.legal_basis],
    [
      t('fields.modality'),
      version.modality ? desk(`modality.${version.modality}`) : t('fields.no_modality'),
    ],
    [
      t('fields.offices'),
      version.offices.length > 0 ? version.offices.join(', ') : t('fields.every_office'),
    ],
    [t('fields.owner'), version.owner],
    [t('fields.valid'), `${format.day(version.valid_from)} – ${format.day(version.valid_until)}`],
    [t('fields.review_on'), format.day(version.review_on)],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The version that is shown, as a file for review elsewhere. */
function Toml({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation('rules');
  const { code, version } = rule.summary;
  const toml = rule.versions.find((one) => one.version === version.version)?.toml;
  if (!toml) return null;
  return (
    <Button
      variant="default"
      size="compact-md"
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => save(`${code}.toml`, new Blob([toml], { type: 'application/toml' }))}
    >
      {t('export.toml')}
    </Button>
  );
}

function Shadow({ rule, version }: { rule: RuleDetail; version: RuleVersion }) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const since = (version.shadow_at ?? '').slice(0, 10);
  const days = rule.days.filter(({ day }) => day >= since);
  const fired = days.reduce((sum, { shadow }) => sum + shadow, 0);
  return (
    <Section title={t('shadow.title')} help={t('shadow.help')}>
      <p className={styles.say}>
        {t('shadow.said', {
          version: version.version,
          day: version.shadow_at ? format.day(since) : '–',
          count: fired,
          days: format.count(days.length),
        })}
      </p>
      <Hits code={version.code} version={version.version} shadow />
    </Section>
  );
}

function Days({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation('rules');
  const { days } = rule;
  const names = [t('days.fired'), t('days.shadow')];
  const option = useMemo(
    () =>
      bars(
        days.map(({ day }) => day),
        [days.map(({ fired }) => fired), days.map(({ shadow }) => shadow)],
        names,
      ),
    [days, names[0]],
  );
  if (days.length === 0) return null;
  return (
    <Section title={t('days.title')}>
      <Chart
        name={`${rule.summary.code}-days`}
        label={t('days.title')}
        height={180}
        option={option}
        table={{
          header: [t('backtest.day'), ...names],
          rows: days.map(({ day, fired, shadow }) => [day, fired, shadow]),
        }}
      />
    </Section>
  );
}

function Life({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  return (
    <Section title={t('life.title')}>
      <ol className={styles.list}>
        {rule.life.map((one) => (
          <li key={`${one.at} ${one.act} ${one.version}`}>
            <strong>{t(`life.${one.act}`, { defaultValue: one.act })}</strong>{' '}
            {t('version', { version: one.version })}
            <div className="quiet">
              {[one.by, format.time(one.at), one.reason].filter(Boolean).join(' · ')}
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}
