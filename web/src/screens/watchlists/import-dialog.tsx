// A file becomes a list: dropped or chosen, with whose it is, how good, and on what basis it is
// kept. What could not be read is shown line by line; the rest counts at once.
import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newId } from '@/api/client';
import { Problem } from '@/api/problem';
import { useFormat } from '@/app/format';
import { useOffices } from '@/app/office';
import { useSession } from '@/app/session';
import { Notice } from '@/parts/notice';
import { Scroll } from '@/parts/scroll';
import { type ImportedWatchlist, useImport, type Watchlist } from './queries';
import styles from './watchlists.module.css';

/** What the server takes by this way; larger files come by the command line. */
const LARGEST = 15 * 1024 * 1024;
const SOURCE_GRADES = ['A', 'B', 'C', 'D', 'E', 'F', 'X'];
const INFORMATION_GRADES = ['1', '2', '3', '4', '5', '6'];

/** A file's text; tables from Korean offices are often not in UTF-8. */
export function textOf(bytes: ArrayBuffer): string {
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

/** The file, not the server's answer, which has the same word for it. */
function isUnreadable(error: unknown): boolean {
  const { code, status } = Problem.of(error);
  return code === 'unreadable' && status === 422;
}

interface Props {
  lists: Watchlist[];
  onClose: () => void;
  show: (id: string) => void;
}

interface Fields {
  name: string;
  office: string;
  source: string;
  source_grade: string;
  information_grade: string;
  legal_basis: string;
  expires_on: string;
}

export function ImportDialog({ lists, onClose, show }: Props) {
  const { t } = useTranslation('watchlists');
  const send = useImport();
  const { offices: own } = useSession();
  const offices = useOffices();
  const id = useRef('');
  if (!id.current) id.current = newId();
  const choose = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [file, setFile] = useState<{ name: string; content: string } | null>(null);
  const [large, setLarge] = useState(false);
  const [faults, setFaults] = useState<Partial<Record<keyof Fields | 'file', string>>>({});
  const [fields, setFields] = useState<Fields>({
    name: '',
    office: own.includes('*') ? '*' : (own[0] ?? ''),
    source: '',
    source_grade: 'B',
    information_grade: '2',
    legal_basis: '',
    expires_on: '',
  });
  const set = (change: Partial<Fields>) => setFields((now) => ({ ...now, ...change }));
  const known = lists.find(
    ({ name, office }) => name === fields.name.trim() && office === fields.office,
  );

  const take = async (one: File | undefined) => {
    setLarge(one !== undefined && one.size > LARGEST);
    if (!one || one.size > LARGEST) return;
    setFile({ name: one.name, content: textOf(await one.arrayBuffer()) });
    setFields((now) => ({ ...now, name: now.name || nameOf(one.name) }));
    // Another file is another order.
    id.current = newId();
    send.reset();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  /** A list that is there already brings what was said of it. */
  const setName = (name: string) => {
    const same = lists.find((one) => one.name === name.trim());
    set({
      name,
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
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong: typeof faults = {};
    if (!file) wrong.file = t('import.no_file');
    for (const name of ['name', 'source', 'legal_basis'] as const) {
      if (fields[name].trim() === '') wrong[name] = t('import.missing');
    }
    setFaults(wrong);
    if (!file || Object.keys(wrong).length > 0) return;
    send.mutate({
      id: id.current,
      ...fields,
      name: fields.name.trim(),
      source: fields.source.trim(),
      legal_basis: fields.legal_basis.trim(),
      expires_on: fields.expires_on || null,
      file: file.name,
      format: null,
      content: file.content,
    });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('import.title')}
      size="xl"
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      {send.data ? (
        <Imported
          done={send.data}
          close={onClose}
          show={() => {
            show(send.data.watchlist.id);
            onClose();
          }}
        />
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack gap="sm">
            {/* Dropping is a shortcut; the button within does the same. */}
            {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
            <div
              className={styles.drop}
              data-over={over || undefined}
              onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
              }}
              onDragLeave={() => setOver(false)}
              onDrop={drop}
            >
              <Button
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
            </div>
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
            {known && <Notice tone="note">{t('import.known', { name: known.name })}</Notice>}
            {send.error &&
              (isUnreadable(send.error) ? (
                <Notice tone="bad">{t('import.unreadable')}</Notice>
              ) : (
                <Notice tone="bad" problem={send.error} />
              ))}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('parts:cancel')}
              </Button>
              <Button type="submit" loading={send.isPending}>
                {t(known ? 'import.update' : 'import.make')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
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
  return (
    <Stack gap="sm">
      <Notice tone="good">
        {t(done.repeated ? 'import.repeated' : 'import.done', {
          name: done.watchlist.name,
          read: format.count(done.read),
          added: format.count(done.added),
          unchanged: format.count(done.unchanged),
          expired: format.count(done.expired),
        })}{' '}
        {done.hits > 0 && t('import.hits', { count: done.hits })}
      </Notice>
      {done.defect_count > 0 && (
        <>
          <Notice tone="warn">
            {t('import.defects', {
              count: done.defect_count,
              shown: format.count(done.defects.length),
            })}
          </Notice>
          <Scroll label={t('import.defects_label')}>
            <table>
              <thead>
                <tr>
                  <th scope="col" className="end">
                    {t('import.line')}
                  </th>
                  <th scope="col">{t('import.field')}</th>
                  <th scope="col">{t('import.reason')}</th>
                  <th scope="col">{t('import.found')}</th>
                </tr>
              </thead>
              <tbody>
                {done.defects.map((one) => (
                  <tr key={`${one.line} ${one.field} ${one.reason}`}>
                    <td className="end">{one.line}</td>
                    <td className="code">{one.field}</td>
                    <td>{one.reason}</td>
                    <td className="code">{one.found}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {t('parts:close')}
        </Button>
        <Button onClick={show} data-autofocus>
          {t('import.show')}
        </Button>
      </Group>
    </Stack>
  );
}
