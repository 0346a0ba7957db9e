// Which way it came: a map for the eye and a list of stops, with how long it lay at each, for
// everyone. The map is fetched when it comes into view; the list needs nothing but the data.
import { Fragment, lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { RouteStop } from '@/api/desk';
import { useFormat } from '@/app/format';
import { Section } from '@/parts/page';
import { Loading } from '@/parts/states';
import styles from './consignment.module.css';

const RouteMap = lazy(() => import('./route-map'));

/** The name of a country in a language, as the browser knows it. */
function countryName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function Route({ stops }: { stops: RouteStop[] }) {
  const { t } = useTranslation(['consignment', 'desk']);
  const format = useFormat();
  if (stops.length === 0) {
    return (
      <Section title={t('consignment:route.title')}>
        <p className="quiet">{t('consignment:route.none')}</p>
      </Section>
    );
  }
  const nameOf = (stop: RouteStop) =>
    stop.name ?? (stop.country ? countryName(stop.country, format.locale) : stop.code);
  return (
    <Section title={t('consignment:route.title')}>
      <Suspense fallback={<Loading />}>
        <RouteMap
          stops={stops}
          label={t('consignment:route.map', { route: stops.map(nameOf).join(' → ') })}
        />
      </Suspense>
      <ol className={styles.stops}>
        {stops.map((stop, at) => (
          // A route may pass a place twice.
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is the route
          <Fragment key={at}>
            <li>
              <div>
                <span className={styles.stopNumber} aria-hidden>
                  {at + 1}
                </span>
                <strong>{nameOf(stop)}</strong> <span className="quiet code">{stop.code}</span>{' '}
                {stop.name && stop.country && (
                  <span className="quiet">{countryName(stop.country, format.locale)}</span>
                )}
              </div>
              <div className={styles.stopFacts}>
                {t(`desk:stop.${stop.kind}`)}
                {stop.arrives && (
                  <>
                    {' · '}
                    {t('consignment:route.arrives')}{' '}
                    <time dateTime={stop.arrives}>{format.time(stop.arrives)}</time>
                  </>
                )}
                {stop.departs && (
                  <>
                    {' · '}
                    {t('consignment:route.departs')}{' '}
                    <time dateTime={stop.departs}>{format.time(stop.departs)}</time>
                  </>
                )}
                {stop.dwell_h != null && (
                  <>
                    {' · '}
                    <strong>
                      {t('consignment:route.dwell', { time: format.hours(stop.dwell_h) })}
                    </strong>
                  </>
                )}
              </div>
            </li>
          </Fragment>
        ))}
      </ol>
    </Section>
  );
}
