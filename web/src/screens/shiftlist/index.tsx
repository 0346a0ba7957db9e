// The list of a shift on paper. Paper leaves the system, so it is an export: it is printed from a
// file that a second person approved, or by an inspector from the list that was released to the
// shift. Without either, this page says how to come by one.
import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { useMay, useSession } from '@/app/session';
import { Page } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { ExportDialog } from '../queue/export-dialog';
import { type DockItem, type ListRow, rowsOfCsv, rowsOfDock } from './rows';
import styles from './shiftlist.module.css';

interface Plan {
  id: string;
  office: string;
  shift: string;
  regime: string;
  drawn: number;
}

interface Export {
  id: string;
  what: string;
  plan: string | null;
  format: string;
  state: string;
  by: string;
  decided_by: string | null;
}

interface Sheet {
  rows: ListRow[];
  approved_by: string | null;
}

/** What may be printed of a plan, or why nothing may. */
async function fetchSheet(
  plan: Plan,
  me: string,
  atDock: boolean,
): Promise<Sheet | 'asked' | null> {
  if (atDock) {
    const [day, ...name] = plan.shift.split(' ');
    const { items, released } = await ask<{ items: DockItem[]; released: boolean }>(
      'GET',
      '/inspections',
      { query: { office: plan.office, day, shift: name.join(' ') } },
    );
    return released ? { rows: rowsOfDock(items, plan.id), approved_by: null } : null;
  }
  const { items } = await ask<{ items: Export[] }>('GET', '/exports', { query: { limit: 500 } });
  const own = items.filter((one) => one.plan === plan.id && one.by === me && one.format === 'csv');
  const approved = own.find((one) => one.state === 'approved');
  if (!approved) return own.some((one) => one.state === 'asked') ? 'asked' : null;
  const file = await ask<Blob>('GET', `/exports/${encodeURIComponent(approved.id)}/file`);
  return { rows: rowsOfCsv(await file.text()), approved_by: approved.decided_by };
}

export default function ShiftList() {
  const { t } = useTranslation(['shiftlist', 'desk', 'queue']);
  const { plan: id = '' } = useSearch({ strict: false }) as { plan?: string };
  const navigate = useNavigate();
  const may = useMay();
  const { account } = useSession();
  const [asking, setAsking] = useState(false);
  const atDock = may('record_outcome') && !may('ask_export');
  const plan = useQuery({
    queryKey: ['plans', id],
    queryFn: () => ask<Plan>('GET', `/plans/${encodeURIComponent(id)}`),
    enabled: id !== '',
  });
  const sheet = useQuery({
    queryKey: ['plans', id, 'sheet', atDock],
    queryFn: () => fetchSheet(plan.data as Plan, account.name, atDock),
    enabled: plan.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (id === '') {
    return (
      <Page title={t('shiftlist:title')}>
        <Empty
          title={t('shiftlist:no_plan')}
          action={{ said: t('queue:title'), act: () => void navigate({ to: '/queue' }) }}
        />
      </Page>
    );
  }
  const printable = typeof sheet.data === 'object' && sheet.data !== null;
  return (
    <Page
      title={t('shiftlist:title')}
      about={
        plan.data &&
        `${plan.data.office} · ${t(`desk:regime.${plan.data.regime}`)} · ${plan.data.shift} · ${id}`
      }
      actions={
        printable && (
          <Button
            leftSection={<IconPrinter size={18} aria-hidden />}
            onClick={() => window.print()}
          >
            {t('shiftlist:print')}
          </Button>
        )
      }
    >
      <Fetched query={plan}>
        {() => (
          <Fetched query={sheet}>
            {(data) => {
              if (data === 'asked') {
                return (
                  <Empty title={t('shiftlist:asked')}>
                    <Link to="/exports">{t('shiftlist:see_exports')}</Link>
                  </Empty>
                );
              }
              if (data === null) {
                return atDock ? (
                  <Empty title={t('shiftlist:unreleased')}>{t('shiftlist:unreleased_why')}</Empty>
                ) : (
                  <Empty
                    title={t('shiftlist:needs_export')}
                    action={{ said: t('queue:export.ask'), act: () => setAsking(true) }}
                  >
                    {t('shiftlist:needs_export_why')}
                  </Empty>
                );
              }
              return <Paper sheet={data} printed_by={account.display} />;
            }}
          </Fetched>
        )}
      </Fetched>
      {asking && <ExportDialog plan={id} onClose={() => setAsking(false)} />}
    </Page>
  );
}

const ENDINGS = ['clear', 'discrepancy', 'seizure', 'not_examined'] as const;

function Paper({ sheet, printed_by }: { sheet: Sheet; printed_by: string }) {
  const { t } = useTranslation(['shiftlist', 'desk']);
  const format = useFormat();
  const [now] = useState(() => new Date().toISOString());
  const minutes = sheet.rows.reduce((sum, row) => sum + row.minutes, 0);
  const withGoods = sheet.rows.some(({ goods }) => goods);
  return (
    <div className="sheet">
      <table className={styles.list}>
        <caption>
          {t('shiftlist:sum', { count: sheet.rows.length, minutes: format.count(minutes) })}
          {sheet.approved_by && ` · ${t('shiftlist:approved', { by: sheet.approved_by })}`}
          {' · '}
          {t('shiftlist:printed', { by: printed_by, at: format.time(now) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('shiftlist:column.position')}</th>
            <th scope="col">{t('shiftlist:column.consignment')}</th>
            {withGoods && <th scope="col">{t('shiftlist:column.goods')}</th>}
            <th scope="col">{t('shiftlist:column.modality')}</th>
            <th scope="col">{t('shiftlist:column.minutes')}</th>
            {ENDINGS.map((ending) => (
              <th key={ending} scope="col">
                {t(`desk:outcome.${ending}`)}
              </th>
            ))}
            <th scope="col">{t('shiftlist:column.note')}</th>
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map((row) => (
            <tr key={row.consignment}>
              <td className="end">{row.position}</td>
              <th scope="row">
                {row.consignment}
                <div className="quiet">{row.reference}</div>
              </th>
              {withGoods && (
                <td>
                  {row.goods}
                  {row.place && <div className="quiet">{row.place}</div>}
                </td>
              )}
              <td>{t(`desk:modality.${row.modality}`)}</td>
              <td className="end">{format.count(row.minutes)}</td>
              {ENDINGS.map((ending) => (
                <td key={ending} className={styles.box}>
                  <span aria-hidden />
                </td>
              ))}
              <td className={styles.note} />
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">{t('shiftlist:secret')}</p>
    </div>
  );
}
