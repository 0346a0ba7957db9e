// Which columns the queue shows and in which order: a list to tick and to move up and down, all by
// keyboard. It changes the list at once, so there is nothing to save.
import { ActionIcon, Button, Checkbox, Group, Popover, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type Choice, choiceOf, isFixed } from './columns';
import styles from './queue.module.css';

interface Props {
  choice: Choice[];
  onChange: (choice: Choice[]) => void;
}

export function ColumnsMenu({ choice, onChange }: Props) {
  const { t } = useTranslation('queue');
  const move = (at: number, to: number) => {
    const next = [...choice];
    const [one] = next.splice(at, 1);
    if (one) next.splice(to, 0, one);
    onChange(next);
  };
  return (
    <Popover position="bottom-end" width={300} trapFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t('parts:table.columns')}>
          <ActionIcon variant="default" size={36} aria-label={t('parts:table.columns')}>
            <IconColumns3 size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('parts:table.columns')}>
        {choice.map(({ id, on }, at) => {
          const said = t(`column.${id}`);
          return (
            <div key={id} className={styles.columnRow}>
              <Checkbox
                label={said}
                checked={on}
                disabled={isFixed(id)}
                onChange={() =>
                  onChange(choice.map((one) => (one.id === id ? { id, on: !on } : one)))
                }
              />
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={28}
                  disabled={at === 0}
                  aria-label={t('columns.up', { column: said })}
                  onClick={() => move(at, at - 1)}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={28}
                  disabled={at === choice.length - 1}
                  aria-label={t('columns.down', { column: said })}
                  onClick={() => move(at, at + 1)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
              </Group>
            </div>
          );
        })}
        <Button variant="subtle" mt="xs" fullWidth onClick={() => onChange(choiceOf(null))}>
          {t('columns.reset')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
