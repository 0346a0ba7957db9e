// The day in the browser: who is signed in where, what a screen must be like in every language and
// theme, and what no page may do on the side (errors on its console, requests to anywhere else).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Office } from './office';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SIZES = { desktop: [1440, 900], tablet: [1024, 768] } as const;
/** How long anything may take to appear. Generous: the machine may be busy. */
const PATIENCE_MS = Number(process.env.WALK_PATIENCE_MS ?? 30_000);

export type Person =
  | 'admin'
  | 'officer'
  | 'second'
  | 'inspector'
  | 'investigator'
  | 'analyst'
  | 'auditor';

export const PASSWORD = 'low tide at the old gate';

interface Present {
  context: BrowserContext;
  page: Page;
}

export interface Step {
  name: string;
  /** Part of every walk, also when only some steps are asked for. */
  first?: boolean;
  walk: (day: Day) => Promise<void>;
}

export class Day {
  readonly office: Office;
  /** What later steps need of earlier ones: the consignment that was opened, and such. */
  readonly notes = new Map<string, string>();
  private readonly browser: Browser;
  private readonly folder: string;
  private readonly present = new Map<string, Present>();
  private readonly faults: string[] = [];

  private constructor(office: Office, browser: Browser, folder: string) {
    this.office = office;
    this.browser = browser;
    this.folder = folder;
  }

  static async begin(office: Office, folder: string): Promise<Day> {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new Day(office, browser, folder);
  }

  /** A page of somebody's own browser: their cookies, their storage. */
  async page(who: string): Promise<Page> {
    const known = this.present.get(who);
    if (known) return known.page;
    const [width, height] = SIZES.desktop;
    const context = await this.browser.newContext({
      viewport: { width, height },
      locale: 'en-GB',
      timezoneId: 'Asia/Seoul',
      acceptDownloads: true,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(`${who}: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      // That an answer was no success is for the screen to show, and for the step to look at.
      const answered = /the server responded with a status of (401|403|404|409|422)/.test(text);
      const cut = /net::ERR_INTERNET_DISCONNECTED/.test(text);
      if (message.type() === 'error' && !answered && !cut) this.faults.push(`${who}: ${text}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && !url.startsWith(this.office.url)) {
        this.faults.push(`${who}: a request to ${url}`);
      }
    });
    this.present.set(who, { context, page });
    return page;
  }

  /** The context of somebody, to cut their network or grant a camera. */
  async context(who: string): Promise<BrowserContext> {
    await this.page(who);
    const present = this.present.get(who);
    if (!present) throw new Error(`${who} has no browser`);
    return present.context;
  }

  /** Goes to an address within the workbench. */
  async go(who: string, path: string): Promise<Page> {
    const page = await this.page(who);
    await page.goto(`${this.office.url}${path}`);
    await this.settled(page);
    return page;
  }

  /** Until nothing is fetched or drawn any more; the line of events stays open, so not by network. */
  async settled(page: Page): Promise<void> {
    await page.waitForFunction(() => {
      const root = document.getElementById('root');
      return (
        root !== null &&
        root.childElementCount > 0 &&
        document.querySelector('.mantine-Loader-root, [aria-busy=true]') === null
      );
    });
    await page.evaluate(
      () => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(tell))),
    );
  }

  /** Signs somebody in by name and the walk's password. */
  async signIn(who: Person): Promise<Page> {
    const page = await this.go(who, '/login');
    await page.getByLabel('Name', { exact: false }).first().fill(who);
    await page.getByLabel('Password', { exact: false }).first().fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('main').waitFor();
    await page.waitForURL((url) => !url.pathname.startsWith('/login'));
    return page;
  }

  /**
   * Looks at what is on screen in both languages, both themes and both sizes: a picture of each,
   * and no violation of WCAG 2.2 AA in any.
   */
  async look(who: string, name: string): Promise<void> {
    const page = await this.page(who);
    const found: string[] = [];
    for (const language of ['en', 'ko'] as const) {
      await this.speak(page, language);
      for (const scheme of ['light', 'dark'] as const) {
        await this.paint(page, scheme);
        for (const [size, [width, height]] of Object.entries(SIZES)) {
          await page.setViewportSize({ width, height });
          await this.settled(page);
          await page.screenshot({
            path: join(this.folder, `${name}-${size}-${scheme}-${language}.png`),
            animations: 'disabled',
          });
          for (const violation of await this.violations(page)) {
            found.push(`${name}, ${size}, ${scheme}, ${language}: ${violation}`);
          }
        }
      }
    }
    await this.paint(page, 'light');
    await this.speak(page, 'en');
    const [width, height] = SIZES.desktop;
    await page.setViewportSize({ width, height });
    await this.settled(page);
    if (found.length > 0) {
      throw new Error(`WCAG 2.2 AA is violated:\n${[...new Set(found)].join('\n')}`);
    }
  }

  private async speak(page: Page, language: 'ko' | 'en'): Promise<void> {
    const now = await page.evaluate(() => document.documentElement.lang);
    if (now === language) return;
    const other = page.locator(`button[lang=${language}]`).first();
    // A dialog lies over the bar; the switch is pressed all the same, as a script can.
    await other.dispatchEvent('click');
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    await this.settled(page);
  }

  private async paint(page: Page, scheme: 'light' | 'dark'): Promise<void> {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.waitForFunction(
      (wanted) => document.documentElement.dataset.mantineColorScheme === wanted,
      scheme,
    );
    await this.settled(page);
  }

  private async violations(page: Page): Promise<string[]> {
    // Through the browser's own protocol, which the page's policy does not concern.
    await page.evaluate(axe);
    return page.evaluate(async (rules) => {
      const { axe: engine } = window as unknown as {
        axe: {
          run: (
            of: Document,
            how: object,
          ) => Promise<{
            violations: {
              id: string;
              nodes: { target: string[]; failureSummary?: string; html: string }[];
            }[];
          }>;
        };
      };
      const { violations } = await engine.run(document, { runOnly: rules });
      return violations.map(({ id, nodes }) => {
        const shown = nodes.slice(0, 3).map(({ html, failureSummary }) => {
          const why = failureSummary?.split('\n').slice(1, 2).join(' ').trim() ?? '';
          return `${html.slice(0, 160)} (${why})`;
        });
        return `${id} at ${nodes.length}: ${shown.join(' | ')}`;
      });
    }, RULES);
  }

  /** Holds that no page did anything on the side. */
  holds(): void {
    const faults = this.faults.splice(0);
    if (faults.length > 0) throw new Error(`on the side: ${[...new Set(faults)].join('\n')}`);
  }

  /** A picture for the documents, small enough to lie in the repository. */
  async picture(who: string, name: string): Promise<void> {
    const page = await this.page(who);
    const [width, height] = SIZES.desktop;
    await page.setViewportSize({ width: 1280, height: 800 });
    await this.settled(page);
    await page.screenshot({ path: join(this.folder, `${name}.png`), animations: 'disabled' });
    await page.setViewportSize({ width, height });
  }

  async keepPictures(step: string): Promise<void> {
    for (const [who, { page }] of this.present) {
      const path = join(this.folder, `failed-${step.replaceAll(/\W+/g, '-')}-${who}.png`);
      await page.screenshot({ path, timeout: 5_000 }).catch(() => {});
      console.error(`${who} was at ${page.url()}`);
    }
  }

  async end(): Promise<void> {
    await this.browser.close();
  }
}
