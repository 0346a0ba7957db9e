// What an import changes of a list, in counts: before it is done, as what would happen, and after.
// Below stands what of the file could not be read, line by line.
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Notice } from '@/parts/notice';
import { Scroll } from '@/parts/scroll';
import type { ImportedWatchlist } from './queries';
import styles from './watchlists.module.css';

/** Listings that end and that nothing in the file follows. */
export const endingOf = ({ expired, changed }: ImportedWatchlist): number => expired - changed;

/** Listings that nothing was there for: not those that the file says anew. */
export const newOf = ({ added, changed }: ImportedWatchlist): number =>
  Math.max(0, added - changed);

/** The counts, the four that matter always and the rest where there are any. */
export function Effect({ of }: { of: ImportedWatchlist }) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const whether = of.dry_run ? 'would' : 'did';
  const counts = [
    ['new', newOf(of), true],
    ['changed', of.changed, true],
    ['ended', endingOf(of), true],
    ['unchanged', of.unchanged, true],
    ['returned', of.returned, false],
    ['left_ended', of.left_ended, false],
    ['carried', of.carried, false],
    ['left_out', of.left_out, false],
  ] as const;
  return (
    <dl className={styles.effect}>
      {counts
        .filter(([, count, always]) => always || count > 0)
        .map(([name, count]) => (
          <div key={name} data-kind={count > 0 ? name : 'none'}>
            <dt>{t(`effect.${whether}.${name}`)}</dt>
            <dd>{t('effect.count', { count, said: format.count(count) })}</dd>
          </div>
        ))}
    </dl>
  );
}

/** What could not be read, as far as the server tells it. */
export function Defects({ of }: { of: ImportedWatchlist }) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  return (
    <>
      {of.damage && (
        <Notice tone="warn">
          {t('import.damage')} <span lang="en">{of.damage}</span>
        </Notice>
      )}
      {of.defect_count > 0 && (
        <>
          <Notice tone="warn">
            {t('import.defects', {
              count: of.defect_count,
              shown: format.count(of.defects.length),
            })}
          </Notice>
          <Scroll label={t('import.defects_label')} className={styles.defects}>
            <table>
              <thead>
                <tr>
                  <th scope="col" className="end">
                    {t('import.line')}
                  </th>
                  <th scope="col">{t('import.field')}</th>
                  <th scope="col">{t('import.reason')}</th>
                  <th scope="col">{t('import.found')}</th>
                </tr>
              </thead>
              <tbody>
                {of.defects.map((one) => (
                  <tr key={`${one.line} ${one.field} ${one.reason}`}>
                    <td className="end">{format.count(one.line)}</td>
                    <td className="code">{one.field}</td>
                    <td>{one.reason}</td>
                    <td className="code">{one.found}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </>
  );
}
