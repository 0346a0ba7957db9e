// Short notices at the edge of the screen. What was done and can be undone says so in the same
// notice; it stays long enough to be read and acted upon, and never goes while it has the focus.
import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { Problem } from '@/api/problem';
import { problemWords } from '@/parts/problems';

const READ_MS = 6_000;
const UNDO_MS = 12_000;

function show(kind: 'good' | 'note' | 'bad', message: React.ReactNode, autoClose: number | false) {
  const colour = { good: 'sluice', note: 'gray', bad: 'red' }[kind];
  return notifications.show({
    message,
    color: colour,
    autoClose,
    withBorder: true,
    role: kind === 'bad' ? 'alert' : 'status',
    closeButtonProps: { 'aria-label': i18next.t('parts:close') },
  });
}

export const toast = {
  done: (said: string) => show('good', said, READ_MS),
  note: (said: string) => show('note', said, READ_MS),
  /** Something done, with the way back; `act` names another way than undoing. */
  undoable(said: string, undo: () => void | Promise<void>, act?: string) {
    const id = show(
      'good',
      <Group justify="space-between" wrap="nowrap">
        <span>{said}</span>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            void undo();
          }}
        >
          {act ?? i18next.t('parts:undo')}
        </Button>
      </Group>,
      UNDO_MS,
    );
    return id;
  },
  /** What was refused or failed, with the next step; it stays until it is closed. */
  failed(error: unknown) {
    const { said, next } = problemWords(Problem.of(error));
    return show(
      'bad',
      <>
        <div>{said}</div>
        {next && <div className="quiet">{next}</div>}
      </>,
      false,
    );
  },
};
