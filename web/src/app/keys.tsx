// The keyboard: a screen names its keys with what they do, and `?` lists what works right now.
// Plain letters rest while something is typed; a key of the screen goes before one of the shell.
import { Kbd, Modal, Table } from '@mantine/core';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

export interface Key {
  /** `j`, `shift+e`, `mod+k`, `?`, `Enter`, or two in a row: `g q`. */
  keys: string;
  said: string;
  /** None when the screen listens for it where the focus is: then it is only listed. */
  act?: (event: KeyboardEvent) => void;
  /** Also while something is typed. */
  always?: boolean;
}

interface Layer {
  name: string;
  keys: Key[];
}

let layers: Layer[] = [];
const watchers = new Set<() => void>();
let first = '';
let firstAt = 0;
/** How long the second key of two may take. */
const PAUSE_MS = 1_200;

function change(next: Layer[]) {
  layers = next;
  for (const watcher of watchers) watcher();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function spelled(event: KeyboardEvent): string {
  // With a Korean keyboard on, letters arrive as jamo; the key's place still says which it is.
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const key = letter ?? event.key;
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  const shift = event.shiftKey && (letter || event.key.length > 1) ? 'shift+' : '';
  return `${mod}${shift}${key}`;
}

function listen(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const one = spelled(event);
  const two = Date.now() - firstAt < PAUSE_MS ? `${first} ${one}` : '';
  const typing = isTyping(event.target);
  const boxed = document.querySelector('[role=dialog][aria-modal=true]') !== null;
  for (const wanted of two ? [two, one] : [one]) {
    for (const layer of [...layers].reverse()) {
      const key = layer.keys.find(({ keys, act }) => act && keys === wanted);
      if (!key?.act || ((typing || boxed) && !key.always)) continue;
      event.preventDefault();
      first = '';
      key.act(event);
      return;
    }
  }
  if (!typing && one.length === 1) {
    first = one;
    firstAt = Date.now();
  }
}

if (typeof window !== 'undefined') window.addEventListener('keydown', listen);

/** Takes these keys while the caller is on screen. */
export function useKeys(name: string, keys: Key[]): void {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const layer: Layer = {
      name,
      get keys() {
        return now.current;
      },
    };
    change([...layers, layer]);
    return () => change(layers.filter((other) => other !== layer));
  }, [name]);
}

export function KeyboardHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => layers,
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <Table>
        <Table.Tbody>
          {[...shown].reverse().flatMap((layer) =>
            layer.keys.map(({ keys, said }) => (
              <Table.Tr key={`${layer.name} ${keys}`}>
                <Table.Th scope="row" fw={400}>
                  {said}
                </Table.Th>
                <Table.Td className="end nowrap">
                  {keys.split(' ').map((key) => (
                    <Kbd key={key} ms={4}>
                      {key.replace('mod', 'Ctrl').replace('shift', 'Shift')}
                    </Kbd>
                  ))}
                </Table.Td>
              </Table.Tr>
            )),
          )}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
