// What the queue is narrowed to. One list of filters says how each stands in the address, in the
// request, and as a chip; the address is the truth, so that a view can be sent to a colleague.
export const SORTS = ['rank', 'score', 'chance', 'arrival', 'value', 'minutes'] as const;
export type Sort = (typeof SORTS)[number];

const CHOICES = {
  regime: ['parcel', 'freight'],
  drawn: ['true', 'false'],
  lane: ['red', 'yellow', 'blue', 'green'],
  channel: ['risk', 'rule', 'random', 'officer'],
  state: ['undecided', 'held', 'asked', 'waived', 'inspected', 'released'],
  modality: ['document', 'scan', 'dog', 'trace', 'lab', 'unpack'],
} as const;

/** Filters with a closed list of values, in the order in which they are offered. */
export const CHOSEN = Object.keys(CHOICES) as (keyof typeof CHOICES)[];
/** Filters that are typed in. */
export const TYPED = ['plan', 'office', 'day', 'origin', 'hs', 'from_score'] as const;

export type Chosen = keyof typeof CHOICES;
export type Typed = (typeof TYPED)[number];
export type FilterName = Chosen | Typed;

export type Filters = Partial<Record<FilterName | 'q', string>> & {
  sort?: Sort;
  descending?: boolean;
};

export const choicesOf = (name: Chosen): readonly string[] => CHOICES[name];

const SHAPES: Record<Typed, RegExp> = {
  plan: /^P-\d{1,12}$/,
  office: /^[A-Za-z0-9]{1,20}$/,
  day: /^\d{4}-\d{2}-\d{2}$/,
  origin: /^[A-Z]{2}$/,
  hs: /^\d{2,10}$/,
  from_score: /^(0(\.\d{1,6})?|1)$/,
};

/** As the filter wants it written: `cn` is `CN`, `8708.99` is `870899`, `12 %` is `0.12`. */
export function tidied(name: Typed, text: string): string {
  const plain = text.trim();
  if (name === 'origin' || name === 'plan' || name === 'office') return plain.toUpperCase();
  if (name === 'hs') return plain.replaceAll(/[.\s-]/g, '');
  if (name === 'from_score' && plain.endsWith('%')) {
    const percent = Number(plain.slice(0, -1));
    return Number.isFinite(percent) ? String(Number((percent / 100).toFixed(6))) : plain;
  }
  return plain;
}

export function isValid(name: FilterName, value: string): boolean {
  if (name in CHOICES) return choicesOf(name as Chosen).includes(value);
  return SHAPES[name as Typed].test(value);
}

/** Reads what the address says; what is not understood is left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  const filters: Filters = {};
  for (const name of [...TYPED, ...CHOSEN]) {
    const value = textOf(search[name]);
    if (value !== null && isValid(name, value)) filters[name] = value;
  }
  const q = textOf(search.q)?.trim();
  if (q) filters.q = q.slice(0, 200);
  const sort = SORTS.find((known) => known === search.sort);
  if (sort && sort !== 'rank') filters.sort = sort;
  if (search.descending === true || search.descending === 'true') filters.descending = true;
  return filters;
}

// The router reads `true` and `12` of an address as what they look like.
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** What is asked of the server for one page. */
export function queryOf(filters: Filters, cursor: string | null, limit: number) {
  const { sort, descending, ...narrowed } = filters;
  return {
    ...narrowed,
    sort: sort ?? 'rank',
    ...(descending ? { descending: true } : {}),
    ...(cursor ? { cursor } : {}),
    limit,
  };
}

/** One name for one question: equal filters in any order give the same. */
export function keyOf(filters: Filters): string {
  return JSON.stringify(Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The filters that are shown as chips: everything but the search words and the order. */
export function chipsOf(filters: Filters): { name: FilterName; value: string }[] {
  return [...TYPED, ...CHOSEN].flatMap((name) => {
    const value = filters[name];
    return value === undefined ? [] : [{ name, value }];
  });
}

export function without(filters: Filters, name: FilterName | 'q'): Filters {
  const { [name]: _, ...rest } = filters;
  return rest;
}
