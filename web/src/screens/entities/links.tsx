// What this entity shares with others, and why that links them: a bounded picture of the strongest,
// and the whole list by what is shared. A shared value that many have says little, and is said so.
import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { csv, save } from '@/parts/download';
import { ExportMenu } from '@/parts/export-menu';
import { Section } from '@/parts/page';
import { Tag } from '@/parts/tag';
import styles from './entities.module.css';
import { HEIGHT, pictureOf, short, WIDTH } from './graph';
import type { Go } from './index';
import type { EntityLink, EntityPage } from './queries';

/** A value shared by more entities than these links nobody in particular. */
const MANY = 10;

interface Props {
  page: EntityPage;
  go: Go;
  merge?: (entity: string) => void;
}

export function Links({ page, go, merge }: Props) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const { links } = page;
  const kinds = [...new Set(links.map(({ kind }) => kind))];
  const open = (entity: string) => go({ entity, record: undefined, other: undefined }, false);
  return (
    <Section
      title={t('links.title')}
      help={t('links.help')}
      actions={
        links.length > 0 && (
          <ExportMenu
            exports={[
              {
                id: 'csv',
                said: 'CSV',
                note: t('export_note', { count: links.length }),
                act: () => save(`${page.id}-links.csv`, linksCsv(links)),
              },
            ]}
          />
        )
      }
    >
      {links.length === 0 ? (
        <p className="quiet">{t('links.none')}</p>
      ) : (
        <>
          <Graph page={page} open={open} />
          {kinds.map((kind) => {
            const these = links.filter((link) => link.kind === kind);
            return (
              <section key={kind} className={styles.group} aria-label={t(`links.kind.${kind}`)}>
                <h3>
                  {t(`links.kind.${kind}`, { defaultValue: kind })}{' '}
                  <span className="quiet">{format.count(these.length)}</span>
                </h3>
                <ul className={styles.list}>
                  {these.map((link) => (
                    <li key={`${link.entity} ${link.value}`}>
                      <div className={styles.line}>
                        <button
                          type="button"
                          className={styles.link}
                          translate="no"
                          onClick={() => open(link.entity)}
                        >
                          {link.label || t('unnamed')}
                        </button>
                        <span className="code quiet">{link.entity}</span>
                        <span>
                          {t('links.record', {
                            consignments: format.count(link.consignments),
                            finds: format.count(link.finds),
                          })}
                        </span>
                        {merge && !link.apart && (
                          <Button
                            size="compact-sm"
                            variant="default"
                            onClick={() => merge(link.entity)}
                          >
                            {t('merge.this')}
                          </Button>
                        )}
                      </div>
                      <div>
                        {format.said(link.said).replace(/\.$/, '')}:{' '}
                        <span translate="no">{link.value}</span>{' '}
                        <span className="quiet">
                          {t('links.shared_by', { count: link.shared_by })}
                        </span>{' '}
                        {link.shared_by > MANY && <Tag>{t('links.says_little')}</Tag>}
                      </div>
                      {link.apart && (
                        <div className="quiet">
                          {t('links.apart', {
                            by: link.apart.by,
                            at: format.time(link.apart.at),
                            reason: link.apart.reason,
                          })}
                        </div>
                      )}
                    </li>
                  ))}
                </ul>
              </section>
            );
          })}
        </>
      )}
    </Section>
  );
}

function Graph({ page, open }: { page: EntityPage; open: (entity: string) => void }) {
  const { t } = useTranslation('entities');
  const format = useFormat();
  const picture = useMemo(() => pictureOf(page.links), [page.links]);
  const [x, y] = [WIDTH / 2, HEIGHT / 2];
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className={styles.graph}
        role="group"
        aria-label={t('links.picture')}
      >
        {picture.neighbours.map((one) => (
          <line
            key={one.entity}
            x1={x}
            y1={y}
            x2={one.x}
            y2={one.y}
            className={styles.edge}
            data-kind={one.kinds[0]}
            data-apart={one.apart || undefined}
          />
        ))}
        <g aria-hidden>
          <circle cx={x} cy={y} r={11} className={styles.centre} />
          <text x={x} y={y + 32} textAnchor="middle" className={styles.centreName}>
            {short(page.label || page.id, 24)}
          </text>
        </g>
        {picture.neighbours.map((one) => {
          const side = Math.abs(one.x - x) < 60 ? 'middle' : one.x > x ? 'start' : 'end';
          const shift = side === 'middle' ? 0 : side === 'start' ? 16 : -16;
          const drop = side === 'middle' ? (one.y > y ? 26 : -30) : -2;
          const kinds = one.kinds.map((kind) => t(`links.kind.${kind}`)).join(' · ');
          return (
            <a
              key={one.entity}
              href={`/entities?entity=${one.entity}`}
              className={styles.node}
              onClick={(event) => {
                event.preventDefault();
                open(one.entity);
              }}
            >
              <circle cx={one.x} cy={one.y} r={24} className={styles.reach} />
              {one.finds > 0 ? (
                <rect
                  x={one.x - 9}
                  y={one.y - 9}
                  width={18}
                  height={18}
                  transform={`rotate(45 ${one.x} ${one.y})`}
                  className={styles.found}
                />
              ) : (
                <circle cx={one.x} cy={one.y} r={9} className={styles.other} />
              )}
              <text x={one.x + shift} y={one.y + drop} textAnchor={side}>
                {short(one.label || one.entity)}
              </text>
              <text
                x={one.x + shift}
                y={one.y + drop + 16}
                textAnchor={side}
                className={styles.kinds}
              >
                {kinds}
                {one.finds > 0 && ` · ${t('links.finds', { count: one.finds })}`}
              </text>
            </a>
          );
        })}
      </svg>
      <figcaption className="quiet">
        {t('links.legend')}{' '}
        {picture.left_out > 0 &&
          t('links.left_out', {
            shown: format.count(picture.neighbours.length),
            count: picture.left_out,
          })}
      </figcaption>
    </figure>
  );
}

function linksCsv(links: EntityLink[]) {
  return csv(
    ['entity', 'label', 'kind', 'value', 'shared_by', 'consignments', 'finds', 'apart_by'],
    links.map((one) => [
      one.entity,
      one.label,
      one.kind,
      one.value,
      one.shared_by,
      one.consignments,
      one.finds,
      one.apart?.by,
    ]),
  );
}
