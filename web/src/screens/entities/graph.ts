// Where the neighbours of an entity stand in its picture. The picture is bounded and always the
// same for the same links: the strongest ones, grouped by what is shared, evenly around.
import type { EntityLink } from './queries';

export interface Neighbour {
  entity: string;
  label: string;
  /** What is shared, the strongest first. */
  kinds: string[];
  consignments: number;
  finds: number;
  apart: boolean;
  x: number;
  y: number;
}

export interface Picture {
  neighbours: Neighbour[];
  /** How many did not fit. */
  left_out: number;
}

/** More than these are not told apart any more; the list beneath has all. */
export const MOST = 14;
export const WIDTH = 720;
export const HEIGHT = 400;
const KINDS = ['code', 'phone', 'mail', 'address', 'courier'];

export function pictureOf(links: EntityLink[]): Picture {
  const by = new Map<string, Omit<Neighbour, 'x' | 'y'>>();
  for (const link of links) {
    const known = by.get(link.entity);
    if (known) {
      if (!known.kinds.includes(link.kind)) known.kinds.push(link.kind);
      known.apart ||= link.apart != null;
    } else {
      const { entity, label, kind, consignments, finds } = link;
      by.set(entity, {
        entity,
        label,
        kinds: [kind],
        consignments,
        finds,
        apart: link.apart != null,
      });
    }
  }
  const all = [...by.values()];
  const rank = (kind: string | undefined) =>
    (KINDS.indexOf(kind ?? '') + KINDS.length + 1) % (KINDS.length + 1);
  const shown = all
    .slice(0, MOST)
    .map((one, place) => ({ one, place }))
    .sort((a, b) => rank(a.one.kinds[0]) - rank(b.one.kinds[0]) || a.place - b.place);
  const step = (2 * Math.PI) / Math.max(1, shown.length);
  return {
    neighbours: shown.map(({ one }, place) => {
      // Begins at the right, so that two stand left and right with their names beside them.
      const angle = place * step;
      return {
        ...one,
        x: Math.round(WIDTH / 2 + Math.cos(angle) * WIDTH * 0.29),
        y: Math.round(HEIGHT / 2 + Math.sin(angle) * HEIGHT * 0.38),
      };
    }),
    left_out: all.length - shown.length,
  };
}

/** A name as long as its place in the picture allows. */
export const short = (label: string, most = 18): string => {
  const letters = [...label];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : label;
};
