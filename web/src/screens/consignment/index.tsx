// One consignment: what is decided about it and why, what was declared and how good that is, who
// and which way, what happened, what was alike, and where to look. The order is that of an
// officer's questions; on paper the same page comes without its buttons.
import { Button, Kbd } from '@mantine/core';
import { IconArrowLeft, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import type { Act, Dossier } from '@/api/desk';
import { useFormat } from '@/app/format';
import { type Key, useKeys } from '@/app/keys';
import { useMay } from '@/app/session';
import { toast } from '@/app/toasts';
import { DecideDialog, type Wish } from '@/parts/decide/decide-dialog';
import {
  ACT_KEYS,
  ACTS,
  type Decided,
  type Order,
  overrideOf,
  refusalWords,
  useDecide,
} from '@/parts/decide/decisions';
import { Notice } from '@/parts/notice';
import { Page, Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import styles from './consignment.module.css';
import { DeclaredData } from './declared';
import { Header } from './header';
import { RuleHits, WatchlistHits } from './hits';
import { Parties } from './parties';
import { Decisions, Outcomes, Playbook, Similar, Timeline, Versions } from './past';
import { dossierQuery } from './queries';
import { Route } from './route';
import { Why } from './why';

export default function Consignment() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery(dossierQuery(id));
  return <Fetched query={query}>{(dossier) => <Whole dossier={dossier} />}</Fetched>;
}

function Whole({ dossier }: { dossier: Dossier }) {
  const { t } = useTranslation(['consignment', 'desk', 'parts']);
  const format = useFormat();
  const router = useRouter();
  const navigate = useNavigate();
  const may = useMay();
  const decide = useDecide();
  const [wish, setWish] = useState<Wish | null>(null);
  const { consignment, decision_header: header } = dossier;
  const { id, declared } = consignment;
  const goods = declared.goods?.[0];
  const name = goods?.description || declared.reference;
  const mayDecide = may('decide');
  const victims = dossier.parties.flatMap(({ possible_victim }) => possible_victim ?? []);
  const allowed = (act: Act) => mayDecide && dossier.allowed.includes(act);
  const last = dossier.decisions.findLast((one) => one.act !== 'undo' && one.undoable);

  const act = (what: Act, against = false) => {
    if (!allowed(what)) return;
    setWish({
      act: what,
      consignments: [id],
      about: `${id} · ${name}`,
      against,
      ...(header.modality ? { modality: header.modality } : {}),
    });
  };
  const undo = async (consignment: string, decision: string) => {
    try {
      await decide({
        id: newId(),
        act: 'undo',
        consignments: [consignment],
        reason_code: 'mistake',
        reason: '',
        undoes: decision,
      });
      toast.done(t('desk:done.undo'));
    } catch (error) {
      toast.failed(error);
    }
  };
  const done = (decided: Decided, order: Order) => {
    const [refused] = decided.refused;
    if (refused) return void toast.note(refusalWords(refused, t));
    const [made] = decided.decisions;
    const said = t(`desk:done.${order.act}`);
    if (made?.undoable) toast.undoable(said, () => undo(made.consignment, made.id));
    else toast.done(said);
  };
  const back = () =>
    window.history.length > 1 ? router.history.back() : navigate({ to: '/queue' });
  const keys: Key[] = [
    ...ACTS.filter(allowed).map((what) => ({
      keys: ACT_KEYS[what],
      said: t(`desk:act.${what}`),
      act: () => act(what),
    })),
    { keys: 'o', said: t('desk:override'), act: () => act(overrideOf(header), true) },
    ...(last && mayDecide
      ? [{ keys: 'u', said: t('desk:act.undo'), act: () => void undo(id, last.id) }]
      : []),
    { keys: 'b', said: t('consignment:back'), act: () => void back() },
  ];
  useKeys('consignment', keys);

  return (
    <Page
      title={name}
      about={
        <>
          <span className="code">{id}</span> · {declared.reference} · {declared.office} ·{' '}
          {t(`desk:regime.${declared.regime}`)} ·{' '}
          <time dateTime={declared.arrived_at}>{format.time(declared.arrived_at)}</time>
        </>
      }
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconArrowLeft size={18} aria-hidden />}
            rightSection={<Kbd size="xs">b</Kbd>}
            onClick={() => void back()}
          >
            {t('consignment:back')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPrinter size={18} aria-hidden />}
            onClick={() => window.print()}
          >
            {t('consignment:print')}
          </Button>
        </>
      }
    >
      {victims.map((said) => (
        <Notice key={said.en} tone="warn">
          {format.said(said)}
        </Notice>
      ))}
      <Header dossier={dossier}>
        {mayDecide && (
          <div
            className={`${styles.acts} unprinted`}
            role="group"
            aria-label={t('consignment:acts')}
          >
            {ACTS.filter(allowed).map((what) => (
              <Button
                key={what}
                variant={what === 'hold' ? 'filled' : 'default'}
                rightSection={<Kbd size="xs">{ACT_KEYS[what]}</Kbd>}
                onClick={() => act(what)}
              >
                {t(`desk:act.${what}`)}
              </Button>
            ))}
            {last && (
              <Button
                variant="default"
                rightSection={<Kbd size="xs">u</Kbd>}
                onClick={() => void undo(id, last.id)}
              >
                {t('desk:act.undo')}
              </Button>
            )}
          </div>
        )}
      </Header>
      <div className={styles.columns}>
        <div className={styles.column}>
          <Section title={t('consignment:why.title')} help={<p>{t('consignment:why.help')}</p>}>
            {dossier.why ? (
              <Why why={dossier.why} />
            ) : (
              <p className="quiet">{t('consignment:why.none')}</p>
            )}
          </Section>
          <DeclaredData dossier={dossier} />
          <Versions versions={dossier.versions} current={id} />
          <Timeline timeline={dossier.timeline} />
        </div>
        <div className={styles.column}>
          <Playbook playbook={dossier.playbook} />
          <RuleHits id={id} />
          <WatchlistHits id={id} />
          <Decisions decisions={dossier.decisions} />
          <Outcomes outcomes={consignment.outcomes} />
          <Route stops={dossier.route} />
          <Parties dossier={dossier} />
          <Similar similar={dossier.similar} />
        </div>
      </div>
      {header.plan && (
        <p className={`quiet ${styles.printedFoot}`}>
          {t('consignment:printed', { id })}{' '}
          <Link to="/queue" search={{ plan: header.plan } as never} className="unprinted">
            {header.plan}
          </Link>
        </p>
      )}
      {wish && <DecideDialog wish={wish} onClose={() => setWish(null)} onDecided={done} />}
    </Page>
  );
}
