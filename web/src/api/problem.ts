// What went wrong with a request, in the API's one shape. A lost network is a problem like any
// other, with a code of its own, so that a screen has one thing to show.
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly next: string | undefined;
  readonly id: string | undefined;
  /** Everything that came with it. */
  readonly body: Record<string, unknown>;

  constructor(status: number, body: unknown) {
    const whole = isRecord(body) ? body : {};
    const error = isRecord(whole.error) ? whole.error : {};
    super(text(error.said) ?? `HTTP ${status}`);
    this.status = status;
    this.code = text(error.code) ?? 'no_answer';
    this.next = text(error.next);
    this.id = text(error.id);
    this.body = whole;
  }

  /** The server could not be reached. */
  static offline(): Problem {
    return new Problem(0, { error: { code: 'offline', said: 'The server cannot be reached.' } });
  }

  static of(error: unknown): Problem {
    if (error instanceof Problem) return error;
    const said = error instanceof Error ? error.message : String(error);
    return new Problem(0, { error: { code: 'page', said } });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
