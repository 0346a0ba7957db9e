// A line as high as a word: how something went lately, beside the figure that says where it stands.
// The words for it are given, because a picture alone says nothing to who cannot see it.
import styles from './spark.module.css';

interface Props {
  values: (number | null)[];
  label: string;
  /** Drawn as a dashed line, when it lies within the picture. */
  limit?: number;
  bars?: boolean;
}

const WIDTH = 120;
const HEIGHT = 28;

export function Spark({ values, label, limit, bars = false }: Props) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, limit ?? 0, Number.MIN_VALUE);
  const bottom = Math.min(...known, 0);
  const y = (value: number) => HEIGHT - 2 - ((value - bottom) / (top - bottom)) * (HEIGHT - 4);
  const step = WIDTH / Math.max(1, bars ? values.length : values.length - 1);
  let pen = 'M';
  const path = values
    .map((value, at) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const point = `${pen}${(at * step).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
  return (
    <svg
      role="img"
      aria-label={label}
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
    >
      <title>{label}</title>
      {limit !== undefined && (
        <line className={styles.limit} x1={0} x2={WIDTH} y1={y(limit)} y2={y(limit)} />
      )}
      {bars ? (
        values.map((value, at) =>
          value === null ? null : (
            <rect
              // The days of a spark have no other name than their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={at}
              className={styles.bar}
              x={at * step}
              width={Math.max(1, step - 1)}
              y={y(value)}
              height={Math.max(0.5, y(bottom) - y(value))}
            />
          ),
        )
      ) : (
        <path className={styles.line} d={path} />
      )}
    </svg>
  );
}
