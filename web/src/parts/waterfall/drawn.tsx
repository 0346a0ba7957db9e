// The drawn column of a waterfall: where it begins and ends, each push, and the scale above. What it
// shows stands as numbers in the columns beside it, so that it says nothing to a screen reader.
import type { Scale } from './waterfall';
import styles from './waterfall.module.css';

const WIDE = 1000;
const HIGH = 22;

export function Push({ scale, bar }: { scale: Scale; bar: { from: number; to: number } }) {
  const from = scale.place(bar.from) * WIDE;
  const to = scale.place(bar.to) * WIDE;
  const up = to >= from;
  return (
    <svg
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      className={styles.bar}
      aria-hidden
    >
      <Grid scale={scale} />
      <rect
        x={Math.min(from, to)}
        y={4}
        width={Math.max(3, Math.abs(to - from))}
        height={HIGH - 8}
        className={up ? styles.up : styles.down}
      />
      <line x1={to} x2={to} y1={4} y2={HIGH} className={styles.join} />
    </svg>
  );
}

export function Mark({ scale, at, final = false }: { scale: Scale; at: number; final?: boolean }) {
  const x = scale.place(at) * WIDE;
  return (
    <svg
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      className={styles.bar}
      aria-hidden
    >
      <Grid scale={scale} />
      <line
        x1={x}
        x2={x}
        y1={final ? 0 : 6}
        y2={final ? HIGH - 3 : HIGH}
        className={final ? styles.final : styles.base}
      />
    </svg>
  );
}

function Grid({ scale }: { scale: Scale }) {
  return scale.ticks.map(({ chance, place }) => (
    <line
      key={chance}
      x1={place * WIDE}
      x2={place * WIDE}
      y1={0}
      y2={HIGH}
      className={styles.grid}
    />
  ));
}

export function Ticks({ scale, share }: { scale: Scale; share: (value: number) => string }) {
  return (
    <div className={styles.ticks}>
      {scale.ticks.map(({ chance, place }) => (
        <span key={chance} style={{ insetInlineStart: `${place * 100}%` }}>
          {share(chance)}
        </span>
      ))}
    </div>
  );
}
