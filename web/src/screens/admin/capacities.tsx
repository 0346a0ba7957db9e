// Capacity: how many officer-minutes a shift has, for what, and how long each examination takes.
// What is proposed counts once a second person approves it; what was in force stays readable.
import {
  ActionIcon,
  Button,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Textarea,
} from '@mantine/core';
import { IconCheck, IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, newId } from '@/api/client';
import { useCodes } from '@/app/codes';
import { useFormat } from '@/app/format';
import { useOffice, useOffices } from '@/app/office';
import { useMay, useSession } from '@/app/session';
import { toast } from '@/app/toasts';
import { Notice } from '@/parts/notice';
import { Section } from '@/parts/page';
import { ReasonDialog } from '@/parts/reason-dialog';
import { Empty, Fetched } from '@/parts/states';
import { Tag, type Tone } from '@/parts/tag';
import styles from './admin.module.css';
import { type Capacity, type CapacityLine, capacitiesQuery } from './queries';

const TONES: Record<Capacity['state'], Tone> = {
  proposed: 'note',
  approved: 'good',
  rejected: 'bad',
  replaced: 'plain',
};

export function Capacities() {
  const { t } = useTranslation('admin');
  const format = useFormat();
  const may = useMay();
  const client = useQueryClient();
  const { account } = useSession();
  const { office } = useOffice();
  const { say } = useCodes();
  const capacities = useQuery(capacitiesQuery(office));
  const [proposing, setProposing] = useState(false);
  const [deciding, setDeciding] = useState<{ one: Capacity; approve: boolean } | null>(null);
  const decision = deciding?.approve ? 'approve' : 'reject';
  return (
    <div className={styles.stack}>
      <Section
        title={t('capacities.title')}
        help={t('capacities.help')}
        actions={
          may('set_capacity') && (
            <Button
              leftSection={<IconPlus size={18} aria-hidden />}
              onClick={() => setProposing(true)}
            >
              {t('capacities.propose')}
            </Button>
          )
        }
      >
        <p className={`${styles.facts} quiet`}>
          {office ? t('capacities.of', { office }) : t('capacities.of_all')}
        </p>
        <Fetched query={capacities}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={t('capacities.empty')}>{t('capacities.empty_next')}</Empty>
            ) : (
              <div className={styles.stack}>
                {items.map((one) => (
                  <article key={one.id} className="sheet" aria-label={titleOf(one)}>
                    <Group justify="space-between" align="flex-start">
                      <div>
                        <Group gap="xs">
                          <strong>{one.office}</strong>
                          <span>{one.shift ?? t('capacities.every_shift')}</span>
                          <span>{t(`capacities.regimes.${one.regime ?? 'both'}`)}</span>
                          <Tag tone={TONES[one.state]}>{t(`capacities.states.${one.state}`)}</Tag>
                        </Group>
                        <p className={styles.facts}>
                          {one.lines
                            .map((line) =>
                              t('capacities.line', {
                                modality: say('modalities', line.modality),
                                minutes: format.minutes(line.minutes_available),
                                each: format.minutes(line.minutes_each),
                              }),
                            )
                            .join(' · ')}
                          {one.explore !== null &&
                            ` · ${t('capacities.explore_is', { share: format.share(one.explore) })}`}
                        </p>
                        <p className={`${styles.facts} quiet`}>
                          {t('capacities.who', {
                            by: one.by,
                            at: format.time(one.at),
                            reason: one.reason,
                          })}
                          {one.decided_by &&
                            one.decided_at &&
                            ` · ${t('capacities.decided', {
                              by: one.decided_by,
                              at: format.time(one.decided_at),
                            })}`}
                        </p>
                      </div>
                      {one.state === 'proposed' &&
                        may('approve_capacity') &&
                        (one.by === account.name ? (
                          <span className="quiet">{t('capacities.another')}</span>
                        ) : (
                          <Group gap="xs">
                            <Button
                              size="compact-sm"
                              leftSection={<IconCheck size={16} aria-hidden />}
                              onClick={() => setDeciding({ one, approve: true })}
                            >
                              {t('capacities.approve')}
                            </Button>
                            <Button
                              size="compact-sm"
                              variant="default"
                              leftSection={<IconX size={16} aria-hidden />}
                              onClick={() => setDeciding({ one, approve: false })}
                            >
                              {t('capacities.reject')}
                            </Button>
                          </Group>
                        ))}
                    </Group>
                  </article>
                ))}
              </div>
            )
          }
        </Fetched>
      </Section>
      <Propose opened={proposing} onClose={() => setProposing(false)} />
      <ReasonDialog
        opened={deciding !== null}
        onClose={() => setDeciding(null)}
        title={t(`capacities.${decision}_title`)}
        act={t(`capacities.${decision}`)}
        danger={!deciding?.approve}
        onAct={async ({ id, reason }) => {
          if (!deciding) return;
          await ask('POST', `/capacities/${encodeURIComponent(deciding.one.id)}/${decision}`, {
            body: { reason },
            headers: { 'Idempotency-Key': id },
          });
          await client.invalidateQueries({ queryKey: ['capacities'] });
          toast.done(t(`capacities.${decision}_done`));
        }}
      />
    </div>
  );
}

const titleOf = ({ office, shift, regime }: Capacity) =>
  [office, shift, regime].filter(Boolean).join(' ');

const LINE: CapacityLine = {
  modality: 'unpack',
  minutes_available: 480,
  minutes_each: 10,
  detection: null,
};

function Propose({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const { office } = useOffice();
  const offices = useOffices();
  const { codes, say } = useCodes();
  const [at, setAt] = useState('');
  const [shift, setShift] = useState('');
  const [regime, setRegime] = useState('');
  const [lines, setLines] = useState<CapacityLine[]>([LINE]);
  const [explore, setExplore] = useState<number | string>('');
  const [reason, setReason] = useState('');
  const [id, setId] = useState(newId);
  const where = at || office || offices[0]?.code || '';
  const shifts = offices.find(({ code }) => code === where)?.shifts ?? [];
  const modalities = codes?.modalities.map(({ code }) => code) ?? [LINE.modality];
  const propose = useMutation({
    mutationFn: () =>
      ask('POST', '/capacities', {
        body: {
          office: where,
          shift: shift || null,
          regime: regime || null,
          lines,
          explore: explore === '' ? null : Number(explore) / 100,
          reason,
        },
        headers: { 'Idempotency-Key': id },
      }),
    onSuccess: async () => {
      setId(newId());
      setReason('');
      onClose();
      await client.invalidateQueries({ queryKey: ['capacities'] });
      toast.done(t('capacities.proposed'));
    },
  });
  const set = (index: number, change: Partial<CapacityLine>) =>
    setLines(lines.map((line, place) => (place === index ? { ...line, ...change } : line)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    propose.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="xl"
      title={t('capacities.propose')}
      closeButtonProps={{ 'aria-label': t('parts:close') }}
    >
      <form onSubmit={submit} className={styles.form}>
        <Group grow>
          <NativeSelect
            label={t('accounts.office')}
            value={where}
            onChange={(event) => setAt(event.currentTarget.value)}
            data={offices.map(({ code }) => code)}
          />
          <NativeSelect
            label={t('capacities.shift')}
            value={shift}
            onChange={(event) => setShift(event.currentTarget.value)}
            data={[
              { value: '', label: t('capacities.every_shift') },
              ...shifts.map(({ name }) => ({ value: name, label: name })),
            ]}
          />
          <NativeSelect
            label={t('capacities.regime')}
            value={regime}
            onChange={(event) => setRegime(event.currentTarget.value)}
            data={[
              { value: '', label: t('capacities.regimes.both') },
              { value: 'parcel', label: t('capacities.regimes.parcel') },
              { value: 'freight', label: t('capacities.regimes.freight') },
            ]}
          />
        </Group>
        {lines.map((line, index) => (
          // Lines of a form have no other name than their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <div key={index} className={styles.lines}>
            <NativeSelect
              label={t('capacities.modality')}
              value={line.modality}
              onChange={(event) => set(index, { modality: event.currentTarget.value })}
              data={modalities.map((code) => ({ value: code, label: say('modalities', code) }))}
            />
            <NumberInput
              label={t('capacities.minutes')}
              min={0}
              required
              hideControls
              value={line.minutes_available}
              onChange={(value) => set(index, { minutes_available: Number(value) })}
            />
            <NumberInput
              label={t('capacities.each')}
              min={1}
              required
              hideControls
              value={line.minutes_each}
              onChange={(value) => set(index, { minutes_each: Number(value) })}
            />
            <NumberInput
              label={t('capacities.detection')}
              min={1}
              max={100}
              suffix=" %"
              hideControls
              value={line.detection === null ? '' : line.detection * 100}
              onChange={(value) =>
                set(index, { detection: value === '' ? null : Number(value) / 100 })
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={t('capacities.drop', { modality: say('modalities', line.modality) })}
              disabled={lines.length === 1}
              onClick={() => setLines(lines.filter((_, place) => place !== index))}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </div>
        ))}
        <Group>
          <Button
            variant="subtle"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setLines([...lines, { ...LINE, modality: modalities[0] ?? 'scan' }])}
          >
            {t('capacities.more')}
          </Button>
        </Group>
        <NumberInput
          label={t('capacities.explore')}
          description={t('capacities.explore_why')}
          min={0}
          max={100}
          suffix=" %"
          hideControls
          value={explore}
          onChange={setExplore}
        />
        <Textarea
          label={t('parts:dialog.words')}
          required
          minLength={5}
          maxLength={1000}
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {propose.error && <Notice tone="bad" problem={propose.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('parts:cancel')}
          </Button>
          <Button type="submit" loading={propose.isPending}>
            {t('capacities.propose')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
