// What the iceberg says, as the API gives it to the analyst: read before the dock's shift and after.
import type { Page } from 'playwright-core';

export interface Iceberg {
  found: number;
  estimate: number;
  plans: number;
}

export async function iceberg(page: Page): Promise<Iceberg> {
  return page.evaluate(async () => {
    const answer = await fetch('/api/v1/measures?target=critical');
    const { pooled, plans } = await answer.json();
    return { found: pooled.found, estimate: pooled.estimate, plans };
  });
}
