// Offices with their names and shifts: when a shift begins, how long it is, and how long before it
// the plan is released to the inspectors.
import { ActionIcon, Button, Group, Modal, NumberInput, Table, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '@/api/client';
import { useFormat } from '@/app/format';
import { type Office, officesQuery } from '@/app/office';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { Section } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import styles from './admin.module.css';

const NEW: Office = {
  code: '',
  name: { ko: '', en: '' },
  shifts: [{ name: 'day', starts: '09:00', minutes_long: 540, release_before_minutes: 60 }],
};

export function Offices() {
  const { t } = useTranslation('admin');
  const format = useFormat();
  const offices = useQuery(officesQuery);
  const [form, setForm] = useState<Office | null>(null);
  return (
    <Section
      title={t('offices.title')}
      help={t('offices.help')}
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setForm(NEW)}>
          {t('offices.add')}
        </Button>
      }
    >
      <Fetched query={offices}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('offices.empty')}>{t('offices.empty_next')}</Empty>
          ) : (
            <Table.ScrollContainer minWidth={640}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th scope="col">{t('offices.code')}</Table.Th>
                    <Table.Th scope="col">{t('offices.name')}</Table.Th>
                    <Table.Th scope="col">{t('offices.shifts')}</Table.Th>
                    <Table.Th scope="col">
                      <span className="visually-hidden">{t('acts')}</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((one) => (
                    <Table.Tr key={one.code}>
                      <Table.Th scope="row">{one.code}</Table.Th>
                      <Table.Td>{format.said(one.name)}</Table.Td>
                      <Table.Td>
                        {one.shifts.map((shift) => (
                          <div key={shift.name}>
                            {t('offices.shift', {
                              name: shift.name,
                              starts: shift.starts,
                              long: format.hours(shift.minutes_long / 60),
                              before: format.minutes(shift.release_before_minutes),
                            })}
                          </div>
                        ))}
                        {one.shifts.length === 0 && (
                          <span className="quiet">{t('offices.no_shifts')}</span>
                        )}
                      </Table.Td>
                      <Table.Td className="end">
                        <Button size="compact-sm" variant="default" onClick={() => setForm(one)}>
                          {t('change')}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Fetched>
      <OfficeForm office={form} onClose={() => setForm(null)} />
    </Section>
  );
}

function OfficeForm({ office, onClose }: { office: Office | null; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const [value, setValue] = useState<Office>(NEW);
  useEffect(() => {
    if (office) setValue(office);
  }, [office]);
  const fresh = office?.code === '';
  const keep = useMutation({
    mutationFn: () =>
      ask('PUT', `/offices/${encodeURIComponent(value.code)}`, {
        body: { name: value.name, shifts: value.shifts },
      }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: ['offices'] });
      toast.done(t('saved'));
    },
  });
  type Shift = Office['shifts'][number];
  const set = (at: number, change: Partial<Shift>) =>
    setValue({
      ...value,
      shifts: value.shifts.map((shift, index) => (index === at ? { ...shift, ...change } : shift)),
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <Modal
      opened={office !== null}
      onClose={onClose}
      size="xl"
      title={t(fresh ? 'offices.add' : 'offices.change', { code: value.code })}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          label={t('offices.code')}
          description={t('offices.code_why')}
          required
          disabled={!fresh}
          value={value.code}
          onChange={(event) => setValue({ ...value, code: event.currentTarget.value.trim() })}
        />
        <Group grow>
          <TextInput
            label={t('offices.name_ko')}
            required
            value={value.name.ko}
            onChange={(event) =>
              setValue({ ...value, name: { ...value.name, ko: event.currentTarget.value } })
            }
          />
          <TextInput
            label={t('offices.name_en')}
            required
            value={value.name.en}
            onChange={(event) =>
              setValue({ ...value, name: { ...value.name, en: event.currentTarget.value } })
            }
          />
        </Group>
        {value.shifts.map((shift, index) => (
          // Lines of a form have no other name than their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <div key={index} className={styles.shifts}>
            <TextInput
              label={t('offices.shift_name')}
              required
              value={shift.name}
              onChange={(event) => set(index, { name: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t('offices.starts')}
              required
              value={shift.starts}
              onChange={(event) => set(index, { starts: event.currentTarget.value })}
            />
            <NumberInput
              label={t('offices.long')}
              min={1}
              max={1440}
              required
              hideControls
              value={shift.minutes_long}
              onChange={(minutes) => set(index, { minutes_long: Number(minutes) })}
            />
            <NumberInput
              label={t('offices.before')}
              min={0}
              max={1440}
              required
              hideControls
              value={shift.release_before_minutes}
              onChange={(minutes) => set(index, { release_before_minutes: Number(minutes) })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('offices.drop', { name: shift.name })}
              onClick={() =>
                setValue({ ...value, shifts: value.shifts.filter((_, at) => at !== index) })
              }
            >
              <IconTrash size={18} />
            </ActionIcon>
          </div>
        ))}
        <Group>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() =>
              setValue({
                ...value,
                shifts: [
                  ...value.shifts,
                  { name: '', starts: '18:00', minutes_long: 540, release_before_minutes: 60 },
                ],
              })
            }
          >
            {t('offices.more')}
          </Button>
        </Group>
        {keep.error && <Notice tone="bad" problem={keep.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('parts:cancel')}
          </Button>
          <Button type="submit" loading={keep.isPending}>
            {t('parts:save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
