// What the queue is narrowed to. One list of filters says how each stands in the address, in the
// request, and as a chip; the address is the truth, so that a view can be sent to a colleague.
export const SORTS = ['rank', 'score', 'chance', 'arrival', 'value', 'minutes'] as const;
export type Sort = (typeof SORTS)[number];

const CHOICES = {
  regime: ['parcel', 'freight'],
  drawn: ['1', '0'],
  lane: ['red', 'yellow', 'blue', 'green'],
  channel: ['risk', 'rule', 'random', 'officer'],
  state: ['to_do', 'held', 'asked', 'done', 'not_examined', 'released', 'waiting'],
  modality: ['document', 'scan', 'dog', 'trace', 'lab', 'unpack'],
} as const;

/** Filters with a closed list of values, of which some may be several at once. */
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

/** Those that take several values, with commas between them. */
export const SEVERAL: readonly FilterName[] = ['lane', 'channel', 'state', 'modality'];

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
  if (name in CHOICES) {
    const known = choicesOf(name as Chosen);
    const parts = SEVERAL.includes(name) ? value.split(',') : [value];
    return parts.every((part) => known.includes(part));
  }
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

/** A value more, or one less; none left is no filter. */
export function toggled(filters: Filters, name: Chosen, value: string): Filters {
  const now = filters[name]?.split(',') ?? [];
  const has = now.includes(value);
  const several = SEVERAL.includes(name);
  const next = has ? now.filter((one) => one !== value) : several ? [...now, value] : [value];
  const order = choicesOf(name);
  next.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return next.length > 0 ? { ...filters, [name]: next.join(',') } : without(filters, name);
}

/** What is asked of the server for one page. */
export function queryOf(filters: Filters, cursor: string | null, limit: number) {
  const { sort, descending, ...narrowed } = filters;
  return {
    ...narrowed,
    sort: sort ?? 'rank',
    ...(descending ? { descending: 1 } : {}),
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
