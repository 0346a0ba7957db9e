// A file becomes a list: dropped or chosen, with whose it is, how good, and on what basis it is
// kept. The server first says what it would change, and nothing is stored before an officer has
// seen that. A file that empties a list, and a list that was ended, need a word of their own.
import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import { Problem } from '@/api/problem';
import { useFormat } from '@/app/format';
import { useOffices } from '@/app/office';
import { useSession } from '@/app/session';
import { DropZone } from '@/parts/drop';
import { toFirstFault } from '@/parts/faults';
import { Notice } from '@/parts/notice';
import { Defects, Effect, endingOf } from './import-effect';
import {
  type ImportedWatchlist,
  type ImportPreview,
  type NewWatchlist,
  useImport,
  useImportPreview,
  type Watchlist,
} from './queries';
import styles from './watchlists.module.css';

/** What the server takes by this way; larger files come by the command line. */
const LARGEST = 15 * 1024 * 1024;
const SOURCE_GRADES = ['A', 'B', 'C', 'D', 'E', 'F', 'X'];
const INFORMATION_GRADES = ['1', '2', '3', '4', '5', '6'];

/** A file's text; tables from Korean offices are often not in UTF-8. */
export function textOf(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('euc-kr').decode(bytes);
  }
}

/** A name to begin with: the file's, without its ending. */
export const nameOf = (file: string): string =>
  file
    .replace(/\.[^.]+$/, '')
    .replace(/[_-]+/g, ' ')
    .trim();

interface Props {
  lists: Watchlist[];
  onClose: () => void;
  show: (id: string) => void;
}

interface ChosenFile {
  name: string;
  content: string;
}

interface Fields {
  name: string;
  office: string;
  source: string;
  source_grade: string;
  information_grade: string;
  legal_basis: string;
  expires_on: string;
  /** Why a list counts again that an officer has ended; asked only where one has. */
  reopen: string;
}

/** Grades of a list of which nothing else is said. */
const USUAL = { source_grade: 'B', information_grade: '2' };

export function ImportDialog({ lists, onClose, show }: Props) {
  const { t } = useTranslation('watchlists');
  const look = useImportPreview();
  const send = useImport();
  const { offices: own } = useSession();
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [fields, setFields] = useState<Fields>({
    name: '',
    office: own.includes('*') ? '*' : (own[0] ?? ''),
    source: '',
    ...USUAL,
    legal_basis: '',
    expires_on: '',
    reopen: '',
  });
  const [order, setOrder] = useState<NewWatchlist | null>(null);
  // What is looked at is what is done later: the order is kept, and another one has another id.
  const ask = (chosen: ChosenFile) => {
    const { reopen, ...rest } = fields;
    const one: NewWatchlist = {
      id: newId(),
      ...rest,
      name: fields.name.trim(),
      source: fields.source.trim(),
      legal_basis: fields.legal_basis.trim(),
      expires_on: fields.expires_on || null,
      file: chosen.name,
      format: null,
      content: chosen.content,
      ...(reopen.trim() ? { reopen: reopen.trim() } : {}),
    };
    setOrder(one);
    look.mutate(one);
  };
  const back = () => {
    look.reset();
    send.reset();
  };
  const step = () => {
    if (send.data) {
      const { id } = send.data.watchlist;
      const open = () => {
        show(id);
        onClose();
      };
      return <Imported done={send.data} close={onClose} show={open} />;
    }
    if (order && look.data) {
      return (
        <Preview
          preview={look.data}
          order={order}
          busy={send.isPending}
          problem={send.error}
          back={back}
          act={(replace) => send.mutate({ ...order, replace })}
        />
      );
    }
    return (
      <ImportForm
        lists={lists}
        file={file}
        onFile={setFile}
        fields={fields}
        onFields={setFields}
        busy={look.isPending}
        problem={look.error}
        onChange={look.reset}
        onClose={onClose}
        onAsk={ask}
      />
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(look.data && !send.data ? 'import.preview_title' : 'import.title')}
      size="xl"
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      {step()}
    </Modal>
  );
}

interface FormProps {
  lists: Watchlist[];
  file: ChosenFile | null;
  onFile: (file: ChosenFile) => void;
  fields: Fields;
  onFields: (change: (now: Fields) => Fields) => void;
  busy: boolean;
  problem: unknown;
  /** Something was changed: an earlier answer holds no longer. */
  onChange: () => void;
  onClose: () => void;
  onAsk: (file: ChosenFile) => void;
}

function ImportForm({ lists, file, fields, problem, ...props }: FormProps) {
  const { t } = useTranslation('watchlists');
  const { offices: own } = useSession();
  const offices = useOffices();
  const choose = useRef<HTMLInputElement>(null);
  const chooser = useRef<HTMLButtonElement>(null);
  const why = useRef<HTMLTextAreaElement>(null);
  const [large, setLarge] = useState(false);
  const [faults, setFaults] = useState<Partial<Record<keyof Fields | 'file', string>>>({});
  const set = (change: Partial<Fields>) => props.onFields((now) => ({ ...now, ...change }));
  const known = lists.find(
    ({ name, office }) => name === fields.name.trim() && office === fields.office,
  );
  const refused = problem ? Problem.of(problem).code : null;
  // The question stays once it was asked, also while the answer to it is looked at.
  const ended = refused === 'list_ended' || fields.reopen !== '';
  useEffect(() => {
    if (refused === 'list_ended') why.current?.focus();
  }, [refused]);

  const take = async (one: File | undefined) => {
    setLarge(one !== undefined && one.size > LARGEST);
    if (!one || one.size > LARGEST) return;
    props.onFile({ name: one.name, content: textOf(await one.arrayBuffer()) });
    props.onChange();
    if (fields.name === '') setName(nameOf(one.name));
  };
  /** A list that is there already brings what was said of it. */
  const setName = (name: string) => {
    const same = lists.find((one) => one.name === name.trim());
    set({
      name,
      reopen: '',
      ...(same
        ? {
            office: same.office,
            source: same.source,
            source_grade: same.source_grade,
            information_grade: same.information_grade,
            legal_basis: same.legal_basis,
            expires_on: same.expires_on ?? '',
          }
        : {}),
    });
    if (refused === 'list_ended') props.onChange();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong: typeof faults = {};
    if (!file) wrong.file = t('import.no_file');
    for (const name of ['name', 'source', 'legal_basis'] as const) {
      if (fields[name].trim() === '') wrong[name] = t('import.missing');
    }
    if (ended && fields.reopen.trim() === '') wrong.reopen = t('import.missing');
    setFaults(wrong);
    if (!file) {
      chooser.current?.focus();
      return;
    }
    if (Object.keys(wrong).length > 0) {
      toFirstFault(event.currentTarget as HTMLFormElement);
      return;
    }
    props.onAsk(file);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <DropZone className={styles.drop} onFile={(file) => void take(file)}>
          <Button
            ref={chooser}
            data-autofocus
            variant="default"
            leftSection={<IconFileUpload size={18} aria-hidden />}
            onClick={() => choose.current?.click()}
          >
            {t('import.choose')}
          </Button>
          <input
            ref={choose}
            type="file"
            hidden
            aria-label={t('import.choose')}
            accept=".csv,.json,.jsonl,.xml,.txt"
            onChange={(event) => {
              void take(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
          <span>{file ? <strong>{file.name}</strong> : t('import.drop')}</span>
          <span className="quiet">{t('import.formats')}</span>
        </DropZone>
        {large && <Notice tone="bad">{t('import.large')}</Notice>}
        {faults.file && !file && (
          <div role="alert" className={styles.fault}>
            {faults.file}
          </div>
        )}
        <div className={styles.fields}>
          <TextInput
            required
            label={t('import.name')}
            value={fields.name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={faults.name}
          />
          <NativeSelect
            label={t('lists.office')}
            value={fields.office}
            onChange={(event) => set({ office: event.currentTarget.value })}
            data={[
              ...(own.includes('*') ? [{ value: '*', label: t('lists.every_office') }] : []),
              ...offices.map(({ code }) => code),
            ]}
          />
          <TextInput
            required
            label={t('lists.source')}
            value={fields.source}
            onChange={(event) => set({ source: event.currentTarget.value })}
            error={faults.source}
          />
          <TextInput
            required
            label={t('lists.legal_basis')}
            value={fields.legal_basis}
            onChange={(event) => set({ legal_basis: event.currentTarget.value })}
            error={faults.legal_basis}
          />
          <NativeSelect
            label={t('import.source_grade')}
            value={fields.source_grade}
            onChange={(event) => set({ source_grade: event.currentTarget.value })}
            data={SOURCE_GRADES.map((value) => ({
              value,
              label: `${value} · ${t(`source_grade.${value}`)}`,
            }))}
          />
          <NativeSelect
            label={t('import.information_grade')}
            value={fields.information_grade}
            onChange={(event) => set({ information_grade: event.currentTarget.value })}
            data={INFORMATION_GRADES.map((value) => ({
              value,
              label: `${value} · ${t(`information_grade.${value}`)}`,
            }))}
          />
          <TextInput
            type="date"
            label={t('lists.expires_on')}
            description={t('import.expires_hint')}
            value={fields.expires_on}
            onChange={(event) => set({ expires_on: event.currentTarget.value })}
          />
        </div>
        {known && !ended && <Notice tone="note">{t('import.known', { name: known.name })}</Notice>}
        {refused === 'list_ended' && <Notice tone="warn" problem={problem} />}
        {ended && (
          <Textarea
            ref={why}
            required
            autosize
            minRows={2}
            maxLength={2000}
            label={t('import.reopen')}
            description={t('import.reopen_hint')}
            value={fields.reopen}
            onChange={(event) => set({ reopen: event.currentTarget.value })}
            error={faults.reopen}
          />
        )}
        {Boolean(problem) && refused !== 'list_ended' && <Notice tone="bad" problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {t('parts:cancel')}
          </Button>
          <Button type="submit" loading={props.busy}>
            {t('import.look')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PreviewProps {
  preview: ImportPreview;
  order: NewWatchlist;
  busy: boolean;
  problem: unknown;
  back: () => void;
  act: (replace: boolean) => void;
}

/** What would change, and the word that does it. */
function Preview({ preview, order, busy, problem, back, act }: PreviewProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const { effect, shrinks } = preview;
  const [replace, setReplace] = useState(false);
  const [fault, setFault] = useState('');
  const ending = endingOf(effect);
  const before = effect.unchanged + effect.expired;
  const fresh = before === 0 && effect.left_ended + effect.returned === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (shrinks && !replace) return setFault(t('import.replace_missing'));
    act(replace);
  };
  const nothing = effect.added === 0 && effect.expired === 0;
  // The button that was pressed is gone: what is read next takes the focus, and the act the next.
  const read = useRef<HTMLParagraphElement>(null);
  useEffect(() => read.current?.focus(), []);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <p ref={read} tabIndex={-1} className={styles.say}>
          {t(fresh ? 'import.would_make' : 'import.would_update', {
            name: order.name,
            file: order.file,
            read: format.count(effect.read),
          })}
        </p>
        <Effect of={effect} />
        {nothing && <Notice tone="note">{t('import.nothing')}</Notice>}
        {order.reopen && <Notice tone="warn">{t('import.would_reopen')}</Notice>}
        <Defects of={effect} />
        {shrinks && (
          <>
            <Notice tone="bad">
              {t('import.shrinks', {
                ending: format.count(ending),
                before: format.count(before),
              })}
            </Notice>
            <Checkbox
              label={t('import.replace', { count: ending })}
              description={t('import.replace_hint')}
              checked={replace}
              onChange={(event) => {
                setReplace(event.currentTarget.checked);
                setFault('');
              }}
              error={fault}
            />
          </>
        )}
        <p className={`quiet ${styles.why}`}>{t('import.not_yet')}</p>
        {Boolean(problem) && <Notice tone="bad" problem={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={back}>
            {t('import.back')}
          </Button>
          <Button type="submit" loading={busy} color={shrinks ? 'red' : 'sluice'}>
            {t(shrinks ? 'import.do_replace' : fresh ? 'import.make' : 'import.update')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ImportedProps {
  done: ImportedWatchlist;
  close: () => void;
  show: () => void;
}

function Imported({ done, close, show }: ImportedProps) {
  const { t } = useTranslation('watchlists');
  const format = useFormat();
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), []);
  return (
    <Stack gap="sm">
      <Notice tone="good">
        {t(done.repeated ? 'import.repeated' : 'import.done', {
          name: done.watchlist.name,
          read: format.count(done.read),
        })}{' '}
        {done.hits > 0 && t('import.hits', { count: done.hits })}
      </Notice>
      <Effect of={done} />
      <Defects of={done} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t('parts:close')}
        </Button>
        <Button onClick={show} ref={next}>
          {t('import.show')}
        </Button>
      </Group>
    </Stack>
  );
}
