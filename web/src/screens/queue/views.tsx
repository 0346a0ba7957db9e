// Saved views: a name for a set of filters, kept for the account. A view is nothing but an address,
// so opening one is going there.
import { ActionIcon, Button, Group, Menu, Modal, TextInput } from '@mantine/core';
import { IconBookmark, IconBookmarkPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { toast } from '@/app/toasts';
import { type Filters, keyOf, readFilters } from './filters';

interface View {
  name: string;
  screen: string;
  filters: Record<string, unknown>;
}

const KEY = ['views'];
const listOf = (answer: View[] | { items: View[] }) =>
  (Array.isArray(answer) ? answer : answer.items).filter(({ screen }) => screen === 'queue');

interface Props {
  filters: Filters;
  open: (filters: Filters) => void;
}

export function Views({ filters, open }: Props) {
  const { t } = useTranslation('queue');
  const client = useQueryClient();
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const { data: views = [] } = useQuery({
    queryKey: KEY,
    queryFn: async () => listOf(await ask<View[] | { items: View[] }>('GET', '/views')),
  });
  const now = keyOf(filters);
  const current = views.find((view) => keyOf(readFilters(view.filters)) === now);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const called = name.trim();
    if (!called) return;
    try {
      await ask('PUT', `/views/${encodeURIComponent(called)}`, {
        body: { screen: 'queue', filters },
      });
      setNaming(false);
      setName('');
      toast.done(t('views.saved', { name: called }));
      await client.invalidateQueries({ queryKey: KEY });
    } catch (error) {
      toast.failed(error);
    }
  };
  const remove = async (view: View) => {
    try {
      await ask('DELETE', `/views/${encodeURIComponent(view.name)}`);
      await client.invalidateQueries({ queryKey: KEY });
      toast.undoable(t('views.removed', { name: view.name }), async () => {
        const { screen, filters: kept } = view;
        await ask('PUT', `/views/${encodeURIComponent(view.name)}`, {
          body: { screen, filters: kept },
        });
        await client.invalidateQueries({ queryKey: KEY });
      });
    } catch (error) {
      toast.failed(error);
    }
  };
  return (
    <>
      <Menu position="bottom-start" width={260}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={18} aria-hidden />}>
            {current ? current.name : t('views.label')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.length === 0 && <Menu.Label>{t('views.none')}</Menu.Label>}
          {views.map((view) => (
            <Menu.Item key={view.name} onClick={() => open(readFilters(view.filters))}>
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconBookmarkPlus size={18} aria-hidden />}
            onClick={() => setNaming(true)}
          >
            {t('views.save')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={naming}
        onClose={() => setNaming(false)}
        title={t('views.save')}
        closeButtonProps={{ 'aria-label': t('parts:close') }}
      >
        <form onSubmit={(event) => void save(event)}>
          <TextInput
            data-autofocus
            required
            maxLength={60}
            label={t('views.name')}
            description={t('views.name_why')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {views.length > 0 && (
            <ul>
              {views.map((view) => (
                <li key={view.name}>
                  <Group justify="space-between">
                    {view.name}
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="lg"
                      aria-label={t('views.remove', { name: view.name })}
                      onClick={() => void remove(view)}
                    >
                      <IconTrash size={18} />
                    </ActionIcon>
                  </Group>
                </li>
              ))}
            </ul>
          )}
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setNaming(false)}>
              {t('parts:cancel')}
            </Button>
            <Button type="submit">{t('parts:save')}</Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
