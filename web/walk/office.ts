// The office that is walked through: a store with a small pretend port in it, made by the program's
// own commands, and its server on a free port.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Two weeks drawn by chance, a model, and two days that it plans: the least with every screen. */
const DAYS = '16';

export class Office {
  readonly engine: string;
  /** Where the server listens. */
  url = '';
  /** The link that makes the first administrator. */
  firstLink = '';
  /** Today's plan in the pretend port, with its office and day. */
  plan = { id: '', office: '', day: '' };
  private readonly program: string;
  private readonly folder: string;
  private readonly log: WriteStream;
  private server: ChildProcess | undefined;
  private database: string | undefined;

  constructor(engine: string, out: string, program: string) {
    this.engine = engine;
    this.program = program;
    this.folder = mkdtempSync(join(tmpdir(), 'sumun-walk-'));
    this.log = createWriteStream(join(out, 'server.log'));
  }

  async open(): Promise<void> {
    const store = await this.store();
    // The program makes a file by itself; a database that somebody else keeps is made ready first.
    if (this.database) await this.command('migrate', '--store', store);
    const told = await this.command('demo', '--store', store, '--days', DAYS, '--no-serve');
    const [, id, office, day] = /plan (P-\d+), parcel at (\w+), (\S+):/.exec(told) ?? [];
    if (!id || !office || !day) throw new Error(`the pretend port has no plan today:\n${told}`);
    this.plan = { id, office, day };
    await this.serve(store);
  }

  /** Runs one of the program's commands on the store, as an operator would at a terminal. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await run(this.program, words, {
      env: this.environment(),
      cwd: this.folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  private environment(): NodeJS.ProcessEnv {
    // Keys and demo files of whoever runs this are left alone.
    return { ...process.env, HOME: this.folder, XDG_DATA_HOME: this.folder, RUST_LOG: 'info' };
  }

  private async store(): Promise<string> {
    if (this.engine === 'sqlite') return `sqlite:${join(this.folder, 'walk.sqlite')}`;
    const server = process.env.TEST_POSTGRES ?? '';
    const name = `sumun_walk_${process.pid}`;
    await run('psql', [server, '--quiet', '--command', `create database ${name}`]);
    this.database = name;
    const url = new URL(server);
    url.pathname = `/${name}`;
    return url.toString();
  }

  private async serve(store: string): Promise<void> {
    const page = process.env.WALK_PAGE;
    const port = page ? '8080' : '0';
    const words = ['serve', '--store', store, '--listen', `127.0.0.1:${port}`, '--every', '0'];
    const server = spawn(this.program, words, {
      env: this.environment(),
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.server = server;
    server.stderr.pipe(this.log, { end: false });
    await new Promise<void>((tell, fail) => {
      server.on('error', fail);
      server.on('exit', (code) => fail(new Error(`the server ended with ${code}`)));
      createInterface({ input: server.stdout }).on('line', (line) => {
        this.log.write(`${line}\n`);
        const [link] = /https?:\S+#\/welcome\?token=\S+/.exec(line) ?? [];
        if (link) this.firstLink = page ? link.replace(new URL(link).origin, page) : link;
        const [, url] = /^Sumun listens on (\S+)/.exec(line) ?? [];
        if (url) {
          this.url = page ?? url;
          tell();
        }
      });
    });
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server && server.exitCode === null) {
      server.removeAllListeners('exit');
      const ended = new Promise((tell) => server.on('exit', tell));
      server.kill('SIGTERM');
      await ended;
    }
    this.log.end();
    if (this.database) {
      const drop = `drop database ${this.database} with (force)`;
      await run('psql', [process.env.TEST_POSTGRES ?? '', '--quiet', '--command', drop]);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
