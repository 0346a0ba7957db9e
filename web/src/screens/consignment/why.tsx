// Why: the waterfall from the model's base to the chance of this consignment. It is a table whose
// middle column is drawn, so the eye gets bars and a screen reader the same numbers; each reason
// opens the fields it looked at and the history behind it.
import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Fragment, type ReactNode, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WhyStep, Why as WhyValue } from '@/api/desk';
import { useFormat } from '@/app/format';
import { Notice } from '@/parts/notice';
import { Mark, Push, Ticks } from '@/parts/waterfall/drawn';
import {
  addsUp,
  type Bar,
  barsOf,
  chanceOf,
  type Scale,
  scaleOf,
} from '@/parts/waterfall/waterfall';
import styles from './why.module.css';

interface Props {
  why: WhyValue;
  /** Only the strongest, without the scale: for the preview. */
  most?: number;
  /** Every reason is open: for paper. */
  open?: boolean;
}

export function Why({ why, most, open = false }: Props) {
  const { t } = useTranslation('consignment');
  const format = useFormat();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const { bars, scale } = useMemo(() => {
    const steps = most === undefined ? why.steps : why.steps.slice(0, most);
    const left = most === undefined ? [] : why.steps.slice(most);
    const rest = left.reduce((sum, { push }) => sum + push, why.rest);
    const all = barsOf(why.base, steps, rest);
    return { bars: all, scale: scaleOf([why.base, ...all.map(({ to }) => to)]) };
  }, [why, most]);
  const toggle = (feature: string) => {
    const next = new Set(opened);
    if (!next.delete(feature)) next.add(feature);
    setOpened(next);
  };
  const small = most !== undefined;
  return (
    <>
      <table className={small ? `${styles.why} ${styles.small}` : styles.why}>
        <caption className="visually-hidden">{t('why.caption')}</caption>
        <thead className={small ? 'visually-hidden' : undefined}>
          <tr>
            <th scope="col">{t('why.reason')}</th>
            <th scope="col" aria-hidden className={styles.drawn}>
              <Ticks scale={scale} share={format.share} />
            </th>
            <th scope="col" className="end">
              {t('why.push')}
            </th>
            <th scope="col" className="end">
              {t('why.chance')}
            </th>
          </tr>
        </thead>
        <tbody>
          <Line
            said={<span className="quiet">{t('why.base')}</span>}
            drawn={<Mark scale={scale} at={why.base} />}
            push=""
            chance={format.share(chanceOf(why.base))}
          />
          {bars.map((bar) =>
            bar.step ? (
              <StepLine
                key={bar.step.feature}
                bar={{ ...bar, step: bar.step }}
                scale={scale}
                opened={open || opened.has(bar.step.feature)}
                toggle={toggle}
              />
            ) : (
              <Line
                key="rest"
                said={<span className="quiet">{t('why.rest')}</span>}
                drawn={<Push scale={scale} bar={bar} />}
                push={signed(bar.to - bar.from)}
                chance={format.share(bar.chance)}
              />
            ),
          )}
          <Line
            said={<strong>{t('why.final')}</strong>}
            drawn={<Mark scale={scale} at={why.final} final />}
            push=""
            chance={<strong>{format.share(chanceOf(why.final))}</strong>}
          />
        </tbody>
      </table>
      {!small && !addsUp(why.base, why.steps, why.rest, why.final) && (
        <Notice tone="warn">{t('why.misses')}</Notice>
      )}
      {!small && !why.as_judged && <Notice tone="note">{t('why.later')}</Notice>}
    </>
  );
}

/** Twice as likely is +0.69: shown as a factor of the odds, which is what a push means. */
const signed = (push: number): string => `×${factorOf(push)}`;

function factorOf(push: number): string {
  const factor = Math.exp(push);
  return factor >= 9.95 ? factor.toFixed(0) : factor.toFixed(2).replace(/0$/, '');
}

interface LineProps {
  said: ReactNode;
  drawn: ReactNode;
  push: string;
  chance: ReactNode;
}

function Line({ said, drawn, push, chance }: LineProps) {
  return (
    <tr>
      <th scope="row" className={styles.said}>
        {said}
      </th>
      <td aria-hidden className={styles.drawn}>
        {drawn}
      </td>
      <td className={styles.number}>{push}</td>
      <td className={styles.number}>{chance}</td>
    </tr>
  );
}

interface StepProps {
  bar: Bar<WhyStep> & { step: WhyStep };
  scale: Scale;
  opened: boolean;
  toggle: (feature: string) => void;
}

function StepLine({ bar, scale, opened, toggle }: StepProps) {
  const { t } = useTranslation('consignment');
  const format = useFormat();
  const id = useId();
  const { step } = bar;
  const more = step.fields.length > 0 || step.history.length > 0;
  const words = format.said(step.said);
  return (
    <Fragment>
      <Line
        said={
          more ? (
            <UnstyledButton
              className={styles.open}
              aria-expanded={opened}
              aria-controls={id}
              onClick={() => toggle(step.feature)}
            >
              <IconChevronRight size={15} aria-hidden />
              <span>{words}</span>
            </UnstyledButton>
          ) : (
            <span className={styles.shut}>{words}</span>
          )
        }
        drawn={<Push scale={scale} bar={bar} />}
        push={signed(step.push)}
        chance={format.share(bar.chance)}
      />
      {more && (
        <tr id={id} hidden={!opened} className={styles.behind}>
          <td colSpan={4}>
            <div className={styles.behindGrid}>
              {step.fields.length > 0 && (
                <div>
                  <h4>{t('why.fields')}</h4>
                  <dl className={styles.fields}>
                    {step.fields.map(({ name, value }) => (
                      <Fragment key={name.en}>
                        <dt>{format.said(name)}</dt>
                        <dd>{value || t('desk:not_declared')}</dd>
                      </Fragment>
                    ))}
                  </dl>
                </div>
              )}
              {step.history.length > 0 && (
                <div>
                  <h4>{t('why.history')}</h4>
                  <ul className={styles.history}>
                    {step.history.map(({ key, seen, inspected, irregular, critical }) => (
                      <li key={key.en}>
                        <span>{format.said(key)}</span>{' '}
                        <span className="quiet">
                          {t('why.record', {
                            seen: seen == null ? '–' : format.count(seen),
                            critical: format.count(critical),
                            inspected: format.count(inspected),
                            irregular: format.count(irregular),
                          })}
                        </span>
                      </li>
                    ))}
                  </ul>
                </div>
              )}
              <div className="quiet code">{step.feature}</div>
            </div>
          </td>
        </tr>
      )}
    </Fragment>
  );
}
