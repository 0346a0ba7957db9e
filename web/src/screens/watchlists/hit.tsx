// One hit: what was declared on the left, what is listed on the right, the words that agree and
// differ, how probable it is, and what was decided on this pair before.
import { Button, Kbd } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconHelpCircle, IconHourglass } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useMay } from '@/app/session';
import { Notice } from '@/parts/notice';
import { Tag, type Tone } from '@/parts/tag';
import { Grades } from './grades';
import type { Address } from './index';
import type { HitDecision, HitState, ListingHitDetail, Verdict } from './queries';
import { VERDICTS } from './reasons';
import styles from './watchlists.module.css';
import { Marked, Words } from './words';

const STATES: Record<HitState, [Tone, typeof IconHourglass]> = {
  open: ['warn', IconHourglass],
  same: ['bad', IconCircleCheck],
  not_same: ['good', IconCircleX],
  unsure: ['note', IconHelpCircle],
};

export function HitTag({ state }: { state: HitState }) {
  const { t } = useTranslation('watchlists');
  const [tone, icon] = STATES[state];
  return (
    <Tag tone={tone} icon={icon}>
      {t(`hit_state.${state}`)}
    </Tag>
  );
}

interface Props {
  hit: ListingHitDetail;
  go: (change: Address, replace?: boolean) => void;
  decide?: (verdict: Verdict) => void;
}

export function Hit({ hit, go, decide }: Props) {
  const { t } = useTranslation('watchlists');
  const { t: desk } = useTranslation('desk');
  const format = useFormat();
  const may = useMay();
  const { listing_detail: listing } = hit;
  return (
    <>
      <div className={styles.hitHead}>
        <h2 className={styles.hitTitle}>
          {t('hit.question', { share: format.share(hit.probability) })}
        </h2>
        <HitTag state={hit.state} />
      </div>
      <div
        className={styles.meter}
        role="meter"
        aria-label={t('hit.probability')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(1000 * hit.probability) / 10}
      >
        <div style={{ width: `${100 * hit.probability}%` }} />
      </div>
      <p className={styles.why}>{format.said(hit.why)}</p>
      <div className={styles.sides}>
        <Side title={t('hit.declared')}>
          <p className={styles.name}>
            {hit.found ? (
              <Marked text={hit.found} agree={hit.agree} differ={hit.differ_found} />
            ) : (
              <span className="quiet">{t('hidden')}</span>
            )}
          </p>
          <Facts
            facts={[
              [t('hit.what'), t(`what.${hit.what}`, { defaultValue: hit.what })],
              [t('hit.role'), hit.role && desk(`role.${hit.role}`, { defaultValue: hit.role })],
              [
                t('hit.consignment'),
                <>
                  {may('read_consignment') ? (
                    <Link to="/consignments/$id" params={{ id: hit.consignment }}>
                      {hit.consignment}
                    </Link>
                  ) : (
                    hit.consignment
                  )}{' '}
                  <span className="quiet">{hit.reference}</span>
                </>,
              ],
              [t('hit.arrived'), `${hit.office} · ${format.day(hit.arrived_on)}`],
            ]}
          />
        </Side>
        <Side title={t('hit.listed')}>
          <p className={styles.name}>
            <Marked text={hit.matched} agree={hit.agree} differ={hit.differ_listed} />
          </p>
          <Facts
            facts={[
              [
                t('listing.listing'),
                <>
                  <button
                    type="button"
                    className={styles.link}
                    onClick={() =>
                      go({ tab: 'listings', listing: listing.id, hit: undefined }, false)
                    }
                  >
                    {listing.name}
                  </button>{' '}
                  <span className="quiet">{listing.reference}</span>
                </>,
              ],
              [t('listing.kind'), t(`kind.${listing.kind}`, { defaultValue: listing.kind })],
              [
                t('listing.aliases'),
                listing.aliases
                  .map(({ name, weak }) => (weak ? `${name} (${t('listing.weak')})` : name))
                  .join(', '),
              ],
              [
                t('listing.keys'),
                listing.keys
                  .map(({ text, valid }) => (valid ? text : `${text} (${t('listing.invalid')})`))
                  .join(', '),
              ],
              [t('listing.programmes'), listing.programmes.join(', ')],
              [t('listing.remarks'), listing.remarks],
              [t('lists.name'), listing.watchlist_name],
              [
                t('lists.grades'),
                <Grades
                  key="grades"
                  source={listing.source_grade}
                  information={listing.information_grade}
                  long
                />,
              ],
              [t('lists.legal_basis'), listing.legal_basis],
            ]}
          />
        </Side>
      </div>
      <Words agree={hit.agree} left={hit.differ_found} right={hit.differ_listed} />
      {hit.decision && <Standing decision={hit.decision} />}
      {hit.earlier.length > 0 && (
        <section className={styles.earlier} aria-label={t('hit.earlier')}>
          <h3>{t('hit.earlier')}</h3>
          <ul>
            {hit.earlier.map((one) => (
              <li key={one.id}>
                <Said decision={one} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {hit.same_pair.length > 0 && (
        <section className={styles.earlier} aria-label={t('hit.same_pair')}>
          <h3>{t('hit.same_pair')}</h3>
          <ul>
            {hit.same_pair.map((one) => (
              <li key={one.hit}>
                <button
                  type="button"
                  className={styles.link}
                  onClick={() => go({ hit: one.hit }, false)}
                >
                  {one.hit}
                </button>{' '}
                {one.consignment} <span className="quiet">{format.time(one.found_at)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {decide ? (
        <div className={`${styles.verdicts} unprinted`} role="group" aria-label={t('hit.decide')}>
          {VERDICTS.map(({ verdict, key }) => (
            <Button
              key={verdict}
              size="md"
              variant="default"
              rightSection={<Kbd size="xs">{key}</Kbd>}
              onClick={() => decide(verdict)}
            >
              {t(`verdict.${verdict}`)}
            </Button>
          ))}
          <span className="quiet">{t(hit.decision ? 'hit.again' : 'hit.counts')}</span>
        </div>
      ) : (
        <p className="quiet">{t('hit.may_not')}</p>
      )}
    </>
  );
}

function Side({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.side} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Standing({ decision }: { decision: HitDecision }) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  return (
    <Notice tone="note">
      <Said decision={decision} />{' '}
      {decision.reused && <>{t('hit.reused', { hit: decision.hit })} </>}
      {t('hit.until', { day: format.day(decision.expires_on) })}
    </Notice>
  );
}

function Said({ decision }: { decision: HitDecision }) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  return (
    <>
      <strong>{t(`hit_state.${decision.verdict}`)}</strong> · {decision.by} ·{' '}
      <time dateTime={decision.at}>{format.time(decision.at)}</time>: {decision.reason}
    </>
  );
}
