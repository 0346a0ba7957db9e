// From the model's base to the final chance, step by step. Steps are log-odds, which add up; the
// chance after each is what an officer reads. The pushes that are not listed come as one rest.
export interface Step {
  push: number;
}

export interface Bar<S extends Step> {
  step: S | null;
  /** Log-odds before and after it. */
  from: number;
  to: number;
  /** The chance after it. */
  chance: number;
}

/** How far base, pushes and rest may miss the final log-odds before the page says so. */
export const TOLERANCE = 0.01;

export const chanceOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
export const logOddsOf = (chance: number): number => Math.log(chance / (1 - chance));

export function barsOf<S extends Step>(base: number, steps: readonly S[], rest: number): Bar<S>[] {
  const bars: Bar<S>[] = [];
  let at = base;
  const add = (step: S | null, push: number) => {
    const to = at + push;
    bars.push({ step, from: at, to, chance: chanceOf(to) });
    at = to;
  };
  for (const step of steps) add(step, step.push);
  if (Math.abs(rest) > 1e-9) add(null, rest);
  return bars;
}

/** Whether the steps lead where the model came out. */
export function addsUp(base: number, steps: readonly Step[], rest: number, final: number): boolean {
  const sum = steps.reduce((so_far, step) => so_far + step.push, base + rest);
  return Math.abs(sum - final) <= TOLERANCE;
}

export interface Scale {
  low: number;
  high: number;
  /** Log-odds on 0 to 1. */
  place: (logOdds: number) => number;
  /** Chances at which a line is drawn, and their places. */
  ticks: { chance: number; place: number }[];
}

/** The least distance of two ticks, as a share of the scale's width. */
export const MIN_GAP = 0.15;

const TICKS = [
  1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.999,
];

/** The scale on which all bars of a waterfall fit, with a little room at both ends. */
export function scaleOf(points: readonly number[], gap = MIN_GAP): Scale {
  const least = Math.min(...points);
  const most = Math.max(...points);
  const room = Math.max(0.15, (most - least) * 0.06);
  const low = least - room;
  const high = most + room;
  const place = (logOdds: number) => (logOdds - low) / (high - low);
  const inside = TICKS.map((chance) => ({ chance, place: place(logOddsOf(chance)) })).filter(
    (tick) => tick.place >= 0.04 && tick.place <= 0.96,
  );
  // Not more than the eye takes in: a tick too near to the one before is left out.
  const ticks: Scale['ticks'] = [];
  for (const tick of inside) {
    if (tick.place - (ticks.at(-1)?.place ?? -1) >= gap) ticks.push(tick);
  }
  return { low, high, place, ticks };
}
