// The drawn column of a waterfall: where it begins and ends, each push, and the scale above. Lines
// run through the whole height of a row, so that rows meet; a bar keeps its own. What it shows
// stands as numbers in the columns beside it, so that it says nothing to a screen reader. The cell
// around it must be positioned.
import type { ReactNode } from 'react';
import type { Scale } from './waterfall';
import styles from './waterfall.module.css';

/** Half of a bar's height, in pixels. */
const HALF = 7;

const at = (place: number): string => `${(100 * place).toFixed(2)}%`;

export function Push({ scale, bar }: { scale: Scale; bar: { from: number; to: number } }) {
  const [from, to] = [scale.place(bar.from), scale.place(bar.to)];
  return (
    <Row scale={scale}>
      <Upright place={from} from="0%" to="50%" kind={styles.join} />
      <Upright place={to} from="50%" to="100%" kind={styles.join} />
      {bar.from !== bar.to && (
        <svg y="50%" overflow="visible" role="presentation">
          <rect
            x={at(Math.min(from, to))}
            y={-HALF}
            // The smallest push is still seen.
            width={at(Math.max(0.004, Math.abs(to - from)))}
            height={2 * HALF}
            className={to >= from ? styles.up : styles.down}
          />
        </svg>
      )}
    </Row>
  );
}

interface MarkProps {
  scale: Scale;
  at: number;
  final?: boolean;
}

export function Mark({ scale, at: point, final = false }: MarkProps) {
  return (
    <Row scale={scale}>
      <Upright
        place={scale.place(point)}
        from={final ? '0%' : '25%'}
        to={final ? '75%' : '100%'}
        kind={final ? styles.final : styles.base}
      />
    </Row>
  );
}

function Row({ scale, children }: { scale: Scale; children: ReactNode }) {
  return (
    <svg className={styles.bar} aria-hidden>
      {scale.ticks.map(({ chance, place }) => (
        <Upright key={chance} place={place} from="0%" to="100%" kind={styles.grid} />
      ))}
      {children}
    </svg>
  );
}

interface UprightProps {
  place: number;
  from: string;
  to: string;
  kind: string | undefined;
}

function Upright({ place, from, to, kind }: UprightProps) {
  return <line x1={at(place)} x2={at(place)} y1={from} y2={to} className={kind} />;
}

export function Ticks({ scale, share }: { scale: Scale; share: (value: number) => string }) {
  return (
    <div className={styles.ticks}>
      {scale.ticks.map(({ chance, place }) => (
        <span key={chance} style={{ insetInlineStart: at(place) }}>
          {share(chance)}
        </span>
      ))}
    </div>
  );
}
