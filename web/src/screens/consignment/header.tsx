// The decision header: what is to happen to this consignment, by whose word, and with what chance
// it came there. Everything in it is a fact of the plan; the buttons are the caller's.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Dossier } from '@/api/desk';
import { useFormat } from '@/app/format';
import { SinceTag } from '@/parts/decide/since';
import { StandingTag } from '@/parts/decide/standing';
import { Help } from '@/parts/help';
import { Interval } from '@/parts/interval';
import { Lane } from '@/parts/lane';
import { intervalOf } from '../queue/columns';
import styles from './consignment.module.css';

export function Header({ dossier, children }: { dossier: Dossier; children: ReactNode }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  const { consignment, decision_header: header, decisions } = dossier;
  const decision = decisions.findLast((one) => one.act !== 'undo' && one.undone_by == null);
  const outcome = consignment.outcomes.at(-1);
  const judged = consignment.assessments.at(-1);
  const lane = header.lane ?? judged?.lane;
  const decidedAt = decision?.at ?? header.decided_at;
  const range = judged && intervalOf(judged.p_irregular, judged.se_irregular ?? null);
  return (
    <section className={`sheet ${styles.header}`} aria-label={t('consignment:header.label')}>
      <dl className={styles.headerFacts}>
        <Fact said={t('consignment:header.lane')}>
          {lane ? <Lane lane={lane} /> : <span className="quiet">–</span>}
        </Fact>
        <Fact said={t('consignment:header.state')}>
          <StandingTag
            stands={{
              outcome,
              decision,
              drawn: header.drawn,
              fate: consignment.fate,
            }}
          />{' '}
          <SinceTag amended={dossier.amended} />
        </Fact>
        {header.modality && (
          <Fact said={t('consignment:header.modality')}>
            {t(`desk:modality.${header.modality}`)}{' '}
            <span className="quiet">
              {header.minutes != null && format.minutes(header.minutes)}
            </span>
          </Fact>
        )}
        {judged && (
          <Fact said={t('consignment:header.score')} help={t('consignment:header.score_help')}>
            {range ? (
              <Interval
                as="share"
                value={{ estimate: judged.p_irregular, low: range[0], high: range[1] }}
              />
            ) : (
              format.share(judged.p_irregular)
            )}
          </Fact>
        )}
        {judged && (
          <Fact said={t('consignment:header.critical')}>{format.share(judged.p_critical)}</Fact>
        )}
        {header.chance != null && (
          <Fact said={t('consignment:header.chance')} help={t('consignment:header.chance_help')}>
            {format.share(header.chance)}{' '}
            <span className="quiet">{header.channel && t(`desk:channel.${header.channel}`)}</span>
          </Fact>
        )}
        {header.rank != null && header.plan && (
          <Fact said={t('consignment:header.rank')}>
            {format.count(header.rank)}{' '}
            <Link to="/queue" search={{ plan: header.plan } as never} className="quiet">
              {header.plan}
            </Link>
          </Fact>
        )}
        <Fact said={t('consignment:header.by')}>
          {decision?.by ?? header.decided_by ?? t('consignment:header.nobody')}{' '}
          {decidedAt && (
            <time className="quiet" dateTime={decidedAt}>
              {format.time(decidedAt)}
            </time>
          )}
        </Fact>
      </dl>
      {children}
    </section>
  );
}

function Fact({ said, help, children }: { said: string; help?: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        {said}
        {help && <Help about={said}>{help}</Help>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
