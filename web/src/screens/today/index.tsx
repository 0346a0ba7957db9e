// Today: where every shift stands, what needs attention, and what to do next. It reads like a
// board by the door: the next step first, then the shifts, then the figures of the day.
import { Button } from '@mantine/core';
import { IconArrowRight, IconChecklist, IconListSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type IntervalValue, useFormat } from '@/app/format';
import { useOffice, useOffices } from '@/app/office';
import { useMay } from '@/app/session';
import { Help } from '@/parts/help';
import { Interval } from '@/parts/interval';
import { Notice } from '@/parts/notice';
import { Page, Section } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { Tag } from '@/parts/tag';
import { inOrder, nextShift, progressOf, shiftName } from './progress';
import { type Alert, nextQuery, type TodayShift, type TodayValue, todayQuery } from './queries';
import styles from './today.module.css';

export default function Today() {
  const { t } = useTranslation('today');
  const format = useFormat();
  const { office } = useOffice();
  const query = useQuery(todayQuery(office));
  return (
    <Page
      title={t('title')}
      help={<p>{t('help')}</p>}
      about={
        query.data && (
          <>
            <time dateTime={query.data.day}>{format.day(query.data.day)}</time>
            {' · '}
            {t('live')}
          </>
        )
      }
    >
      <Fetched query={query}>{(today) => <Board today={today} />}</Fetched>
    </Page>
  );
}

function Board({ today }: { today: TodayValue }) {
  const { t } = useTranslation('today');
  const offices = useOffices();
  const format = useFormat();
  const nameOf = (code: string) => {
    const name = offices.find((one) => one.code === code)?.name;
    return name && format.said(name) !== code ? format.said(name) : null;
  };
  if (today.shifts.length === 0) {
    return (
      <>
        <Alerts alerts={today.alerts} />
        <Section title={t('shifts')}>
          <Empty title={t('no_shifts')}>{t('no_shifts_why')}</Empty>
        </Section>
        <Tiles tiles={today.tiles} />
      </>
    );
  }
  return (
    <>
      <Next shifts={today.shifts} day={today.day} />
      <Alerts alerts={today.alerts} />
      <Tiles tiles={today.tiles} />
      <section className={styles.cards} aria-label={t('shifts')}>
        {inOrder(today.shifts).map((shift) => (
          <Shift key={shift.plan} shift={shift} name={nameOf(shift.office)} day={today.day} />
        ))}
      </section>
    </>
  );
}

function Next({ shifts, day }: { shifts: TodayShift[]; day: string }) {
  const { t } = useTranslation(['today', 'desk']);
  const format = useFormat();
  const shift = nextShift(shifts);
  const { data: row } = useQuery({ ...nextQuery(shift?.plan ?? ''), enabled: shift !== null });
  const may = useMay();
  if (!shift) {
    return (
      <Notice tone="good">
        <strong>{t('next.all_done')}</strong> {t('next.all_done_why')}
      </Notice>
    );
  }
  const done = progressOf(shift);
  return (
    <section className={styles.next} aria-label={t('next.label')}>
      <div className={styles.nextSaid}>
        <div className="quiet">
          {shift.office} · {t(`desk:regime.${shift.regime}`)} ·{' '}
          {shiftName(shift.shift, day) ?? t('whole_day')}
        </div>
        <p className={styles.nextLine}>
          {t('next.done_of', { done: format.count(shift.done), drawn: format.count(shift.drawn) })}{' '}
          {row ? (
            <>
              {t('next.next')}{' '}
              <Link to="/consignments/$id" params={{ id: row.consignment }}>
                {row.consignment}
              </Link>
            </>
          ) : (
            t('next.left', { count: done.left })
          )}
        </p>
        {row && (
          <p className={styles.nextWhy}>
            {row.goods.description}
            {row.p_irregular != null && ` · ${format.share(row.p_irregular)}`}
            {row.reasons[0] && ` · ${format.said(row.reasons[0])}`}
          </p>
        )}
      </div>
      <div className={styles.nextActs}>
        {row && (
          <Button
            component={Link}
            to="/consignments/$id"
            params={{ id: row.consignment } as never}
            rightSection={<IconArrowRight size={18} aria-hidden />}
          >
            {t('next.open')}
          </Button>
        )}
        <Button
          component={Link}
          to="/queue"
          search={{ plan: shift.plan } as never}
          variant="default"
          leftSection={<IconListSearch size={18} aria-hidden />}
        >
          {t('to_queue')}
        </Button>
        {may('record_outcome') && (
          <Button
            component={Link}
            to="/inspections"
            variant="default"
            leftSection={<IconChecklist size={18} aria-hidden />}
          >
            {t('to_dock')}
          </Button>
        )}
      </div>
    </section>
  );
}

function Alerts({ alerts }: { alerts: Alert[] }) {
  const { t } = useTranslation('today');
  const format = useFormat();
  if (alerts.length === 0) return null;
  return (
    <section aria-label={t('alerts')} className={styles.alerts}>
      {alerts.map((alert) => (
        <Notice
          key={`${alert.kind} ${alert.office} ${alert.regime} ${alert.said.en}`}
          tone={alert.severity}
        >
          <span>{format.said(alert.said)}</span>{' '}
          {alert.since && (
            <time dateTime={alert.since} className={styles.since}>
              {format.ago(alert.since)}
            </time>
          )}{' '}
          {alert.link && <a href={alert.link}>{t(`alert.${alert.kind}`)}</a>}
        </Notice>
      ))}
    </section>
  );
}

function Tiles({ tiles }: { tiles: TodayValue['tiles'] }) {
  const { t } = useTranslation('today');
  const format = useFormat();
  return (
    <section className={styles.tiles} aria-label={t('tiles')}>
      <Tile said={t('tile.arrived')} number={format.count(tiles.arrived)}>
        {t('tile.screened', { screened: format.count(tiles.screened) })}
      </Tile>
      <Tile said={t('tile.planned')} number={format.count(tiles.planned)}>
        {t('tile.waiting', { waiting: format.count(tiles.waiting) })}
      </Tile>
      <Tile said={t('tile.done')} number={format.count(tiles.done)}>
        {t('tile.held', { held: format.count(tiles.held) })}
      </Tile>
      <Tile said={t('tile.found')} number={format.count(tiles.found)} />
      <Estimate
        said={t('tile.missed')}
        help={t('tile.missed_help')}
        value={tiles.missed}
        as="number"
      />
      <Estimate
        said={t('tile.found_share')}
        help={t('tile.found_share_help')}
        value={tiles.found_share}
        as="share"
      />
    </section>
  );
}

function Tile({ said, number, children }: { said: string; number: string; children?: ReactNode }) {
  return (
    <div className={styles.tile}>
      <div className={styles.tileSaid}>{said}</div>
      <div className={styles.tileNumber}>{number}</div>
      <div className={styles.tileMore}>{children}</div>
    </div>
  );
}

interface EstimateProps {
  said: string;
  help: string;
  value: IntervalValue | null;
  as: 'number' | 'share';
}

function Estimate({ said, help, value, as }: EstimateProps) {
  return (
    <div className={styles.tile}>
      <div className={styles.tileSaid}>
        {said} <Help about={said}>{help}</Help>
      </div>
      <Interval value={value} as={as} stacked />
    </div>
  );
}

interface ShiftProps {
  shift: TodayShift;
  /** Of the office, where it has one beside its code. */
  name: string | null;
  day: string;
}

const LANES = ['red', 'yellow', 'blue', 'green'] as const;

function Shift({ shift, name, day }: ShiftProps) {
  const { t } = useTranslation(['today', 'desk', 'parts']);
  const format = useFormat();
  const may = useMay();
  const at = progressOf(shift);
  const lanes = LANES.filter((lane) => shift.lanes[lane] > 0);
  return (
    <article className={`sheet ${styles.card}`} aria-labelledby={`shift-${shift.plan}`}>
      <header className={styles.cardHead}>
        <div>
          <h2 id={`shift-${shift.plan}`}>
            {name ?? shift.office} {name && <span className="quiet">{shift.office}</span>}
          </h2>
          <Link to="/queue" search={{ plan: shift.plan } as never} className={styles.cardLink}>
            {t(`desk:regime.${shift.regime}`)} ·{' '}
            {shiftName(shift.shift, day) ?? t('today:whole_day')}
          </Link>
        </div>
        {at.finished ? (
          <Tag tone="good">{t('today:finished')}</Tag>
        ) : shift.released_at ? (
          <Tag tone="note">{t('today:released', { at: format.clock(shift.released_at) })}</Tag>
        ) : (
          <Tag>{t('today:unreleased')}</Tag>
        )}
      </header>
      <Bar
        label={t('today:bar.progress')}
        parts={[
          { share: at.done, kind: 'done' },
          { share: at.waived, kind: 'waived' },
        ]}
        said={t('today:bar.progress_said', {
          done: format.count(shift.done),
          drawn: format.count(shift.drawn),
        })}
      />
      <Bar
        label={t('today:bar.capacity')}
        parts={[{ share: at.used, kind: at.over ? 'over' : 'used' }]}
        said={t('today:bar.capacity_said', {
          minutes: format.count(shift.minutes),
          available: format.count(shift.minutes_available),
        })}
      />
      <dl className={styles.numbers}>
        <Figure
          said={t('today:number.held')}
          value={shift.held}
          search={{ plan: shift.plan, state: 'held' }}
        />
        <Figure
          said={t('today:number.asked')}
          value={shift.asked}
          search={{ plan: shift.plan, state: 'asked' }}
        />
        <Figure
          said={t('today:number.waived')}
          value={shift.waived}
          search={{ plan: shift.plan, state: 'not_examined' }}
        />
        <Figure said={t('today:number.found')} value={shift.found} strong />
      </dl>
      {lanes.length > 0 && (
        <ul className={styles.lanes} aria-label={t('today:lanes')}>
          {lanes.map((lane) => (
            <li key={lane}>
              <Link to="/queue" search={{ plan: shift.plan, lane } as never} data-lane={lane}>
                {t(`parts:lane.${lane}`)} {format.count(shift.lanes[lane])}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.cardFoot}>
        <span className="quiet">
          {t('today:candidates', { count: shift.candidates })}
          {shift.expected_finds && (
            <>
              {' · '}
              {t('today:expected')} <Interval value={shift.expected_finds} />
            </>
          )}
        </span>
        <span className={styles.cardActs}>
          <Link to="/queue" search={{ plan: shift.plan } as never}>
            {t('today:to_queue')}
          </Link>
          {may('record_outcome') && <Link to="/inspections">{t('today:to_dock')}</Link>}
        </span>
      </div>
    </article>
  );
}

interface BarProps {
  label: string;
  parts: { share: number; kind: 'done' | 'waived' | 'used' | 'over' }[];
  said: string;
}

function Bar({ label, parts, said }: BarProps) {
  return (
    <div className={styles.barRow}>
      <span className={styles.barLabel}>{label}</span>
      <span className={styles.barSaid}>{said}</span>
      <div className={styles.bar} aria-hidden>
        {parts.map(({ share, kind }) => (
          <span key={kind} data-kind={kind} style={{ width: `${share * 100}%` }} />
        ))}
      </div>
    </div>
  );
}

interface FigureProps {
  said: string;
  value: number;
  search?: Record<string, string>;
  strong?: boolean;
}

function Figure({ said, value, search, strong = false }: FigureProps) {
  const format = useFormat();
  const shown = format.count(value);
  return (
    <div>
      <dt>{said}</dt>
      <dd data-strong={(strong && value > 0) || undefined}>
        {search && value > 0 ? (
          <Link to="/queue" search={search as never}>
            {shown}
          </Link>
        ) : (
          shown
        )}
      </dd>
    </div>
  );
}
