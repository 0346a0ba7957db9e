// What is understood of a message: paste or drop one, and its raw segments stand beside what was
// made of them, with what is wrong marked where it stands. Nothing is kept until it is sent.
import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconFileUpload, IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useOffice } from '@/app/office';
import { useMay } from '@/app/session';
import { save } from '@/parts/download';
import { DropZone } from '@/parts/drop';
import { Scroll } from '@/parts/scroll';
import { Empty, Failed, Loading } from '@/parts/states';
import { Tag } from '@/parts/tag';
import styles from './data.module.css';
import {
  type Given,
  type Looked,
  type RecordDefect,
  type Segment,
  type Taken,
  type Understanding,
  type Understood,
  useLook,
  useTake,
} from './queries';

/** What the server would not take anyway. */
const LARGEST = 64 * 1024 * 1024;

export default function Look() {
  const { t } = useTranslation('data');
  const { office } = useOffice();
  const may = useMay();
  const look = useLook();
  const take = useTake();
  const [given, setGiven] = useState<Given | null>(null);
  const [pasted, setPasted] = useState('');
  const [name, setName] = useState('');
  const [large, setLarge] = useState(false);
  const file = useRef<HTMLInputElement>(null);

  const show = (next: Given) => {
    take.reset();
    setGiven(next);
    look.mutate(next);
  };
  const takeFile = async (one: File | undefined) => {
    setLarge(one !== undefined && one.size > LARGEST);
    if (!one || one.size > LARGEST) return;
    setName(one.name);
    show({ name: one.name, bytes: await one.arrayBuffer(), office });
  };
  const read = () =>
    show({
      name: name || t('look.pasted'),
      bytes: new TextEncoder().encode(pasted).buffer as ArrayBuffer,
      office,
    });
  return (
    <div className={styles.look}>
      <DropZone className={styles.drop} onFile={(file) => void takeFile(file)}>
        <Textarea
          label={t('look.paste')}
          description={t('look.paste_hint')}
          autosize
          minRows={4}
          maxRows={10}
          value={pasted}
          spellCheck={false}
          classNames={{ input: 'code' }}
          onChange={(event) => setPasted(event.currentTarget.value)}
        />
        <div className={styles.acts}>
          <TextInput
            aria-label={t('look.name')}
            placeholder={t('look.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button disabled={!pasted.trim()} onClick={read}>
            {t('look.read')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconFileUpload size={18} aria-hidden />}
            onClick={() => file.current?.click()}
          >
            {t('look.file')}
          </Button>
          <input
            ref={file}
            type="file"
            hidden
            aria-label={t('look.file')}
            onChange={(event) => {
              void takeFile(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
        </div>
        {large && <p role="alert">{t('look.large')}</p>}
      </DropZone>
      {look.isPending && <Loading />}
      {look.error && <Failed error={look.error} {...(given ? { again: () => show(given) } : {})} />}
      {look.data && given && (
        <>
          <Sent key={look.submittedAt} looked={look.data} />
          {may('send_consignments') && (
            <div className={styles.acts}>
              <Button
                leftSection={<IconSend size={18} aria-hidden />}
                loading={take.isPending}
                disabled={take.data !== undefined || look.data.consignments.length === 0}
                onClick={() => take.mutate(given)}
              >
                {t('look.take')}
              </Button>
              <span className="quiet">{t('look.take_hint')}</span>
            </div>
          )}
          {take.error && <Failed error={take.error} />}
          {take.data && <TakenIn taken={take.data} />}
        </>
      )}
    </div>
  );
}

function TakenIn({ taken }: { taken: Taken }) {
  const { t } = useTranslation('data');
  const may = useMay();
  return (
    <div className={styles.good} role="status">
      <strong>
        {t(taken.repeated ? 'look.repeated' : 'look.taken', { message: taken.message })}
      </strong>
      <p>
        {t('flowed.said', {
          message: taken.message,
          new: taken.received.new,
          amended: taken.received.amended,
          unchanged: taken.received.unchanged,
        })}
      </p>
      <ul className={styles.links}>
        {taken.consignments.slice(0, 40).map(({ id, reference }) => (
          <li key={id}>
            {may('read_consignment') ? (
              <Link to="/consignments/$id" params={{ id }}>
                {id} · {reference}
              </Link>
            ) : (
              `${id} · ${reference}`
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A file as it was sent: by itself, or one of several that one looks at in turn. */
export function Sent({ looked }: { looked: Looked }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const { members, left_out } = looked;
  const [chosen, setChosen] = useState(0);
  const one = members[chosen];
  if (members.length === 0 && left_out.length === 0 && looked.segments.length > 0) {
    return <Result looked={looked} />;
  }
  const options = members.map(({ name, consignments, defects }, at) => ({
    value: String(at),
    label: t('look.member', {
      name,
      consignments: format.count(consignments.length),
      defects: format.count(defects.length),
    }),
  }));
  return (
    <>
      {members.length > 0 && (
        <p className={styles.say}>
          {t('look.members', {
            count: members.length,
            consignments: format.count(looked.consignments.length),
          })}{' '}
          {looked.cut && t('look.cut')}
        </p>
      )}
      {left_out.length > 0 && (
        <p className="quiet">{t('look.left_out', { names: left_out.join(', ') })}</p>
      )}
      {members.length > 1 && (
        <Select
          label={t('look.which')}
          data={options}
          value={String(chosen)}
          allowDeselect={false}
          searchable
          onChange={(value) => setChosen(Number(value ?? 0))}
        />
      )}
      {one ? (
        <Result key={chosen} looked={one} />
      ) : (
        <DefectList defects={looked.defects} place={() => ''} goTo={() => {}} />
      )}
    </>
  );
}

/** A table that no mapping knows: the mapping to begin with, and who does what with it. */
function Proposal({ text }: { text: string }) {
  const { t } = useTranslation('data');
  const clipboard = useClipboard();
  return (
    <section aria-label={t('proposal.title')} className={styles.proposal}>
      <h3>{t('proposal.title')}</h3>
      <p>{t('proposal.what')}</p>
      <Scroll label={t('proposal.title')}>
        <pre className="code">{text}</pre>
      </Scroll>
      <div className={styles.acts}>
        <Button variant="default" onClick={() => clipboard.copy(text)}>
          {t(clipboard.copied ? 'proposal.copied' : 'proposal.copy')}
        </Button>
        <Button
          variant="default"
          onClick={() => save('mapping.toml', new Blob([text], { type: 'application/toml' }))}
        >
          {t('proposal.save')}
        </Button>
      </div>
      <p className="quiet">{t('proposal.next')}</p>
    </section>
  );
}

function Result({ looked }: { looked: Understanding }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [at, setAt] = useState<number | null>(null);
  const raw = useRef<HTMLOListElement>(null);
  const table = /csv|ndjson|parquet/.test(looked.format);
  const place = (line: number) => t(table ? 'defects.line' : 'look.segment', { line });
  const { consignments, segments, defects } = looked;
  const goTo = (segment: number | undefined) => {
    if (segment === undefined) return;
    setAt(segment);
    raw.current
      ?.querySelector(`[data-at="${segment}"]`)
      ?.scrollIntoView({ block: 'center', behavior: 'instant' });
  };
  // A segment belongs to the consignment that began last before it.
  const owner = (segment: number) =>
    consignments.findLast(({ where }) => where !== undefined && where.line <= segment);
  return (
    <>
      <p className={styles.say} role="status">
        {t(table ? 'look.said_table' : 'look.said', {
          format: [looked.format.toUpperCase(), looked.dialect].filter(Boolean).join(' '),
          consignments: format.count(consignments.length),
          segments: format.count(segments.length),
        })}{' '}
        {t(defects.length === 0 ? 'look.sound' : 'look.wrong', { count: defects.length })}{' '}
        {looked.cut && t('look.cut')}
      </p>
      {looked.proposal && <Proposal text={looked.proposal} />}
      <div className={styles.beside}>
        <section aria-label={t('look.raw')} className={styles.pane}>
          <h3>{t('look.raw')}</h3>
          <Scroll label={t('look.raw')} className={styles.raw}>
            <ol ref={raw}>
              {segments.map((segment) => (
                <SegmentLine
                  key={segment.at}
                  segment={segment}
                  chosen={at !== null && owner(segment.at)?.where?.line === at}
                />
              ))}
            </ol>
          </Scroll>
        </section>
        <section aria-label={t('look.understood')} className={styles.pane}>
          <h3>{t('look.understood')}</h3>
          {consignments.length === 0 ? (
            <Empty title={t('look.nothing')} />
          ) : (
            <ol className={styles.cards}>
              {consignments.map((one, index) => (
                <li
                  // The records of a message have no other name than their place.
                  // biome-ignore lint/suspicious/noArrayIndexKey: see above
                  key={index}
                >
                  <Card
                    one={one}
                    place={place}
                    chosen={at !== null && one.where?.line === at}
                    open={() => goTo(one.where?.line)}
                  />
                </li>
              ))}
            </ol>
          )}
        </section>
      </div>
      {defects.length > 0 && <DefectList defects={defects} place={place} goTo={goTo} />}
    </>
  );
}

function DefectList({
  defects,
  place,
  goTo,
}: {
  defects: RecordDefect[];
  place: (line: number) => string;
  goTo: (segment: number) => void;
}) {
  const { t } = useTranslation('data');
  const format = useFormat();
  return (
    <ul className={styles.wrong} aria-label={t('tab.defects')}>
      {defects.map((defect, index) => (
        // Two defects may be alike in all they say.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index}>
          <button type="button" className={styles.link} onClick={() => goTo(defect.line)}>
            {place(defect.line)}
          </button>{' '}
          <Tag tone="warn">{t(`kind.${defect.kind}`, { defaultValue: defect.kind })}</Tag>{' '}
          <span className="code">{defect.field}</span> {format.said(defect.said)}
        </li>
      ))}
    </ul>
  );
}

function SegmentLine({ segment, chosen }: { segment: Segment; chosen: boolean }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const wrong = segment.defects.length > 0 || !segment.sound;
  return (
    <li data-at={segment.at} data-wrong={wrong || undefined} data-chosen={chosen || undefined}>
      <span className={styles.at}>{segment.at}</span>
      <span className={styles.text}>
        <code>{segment.text}</code>
        {!segment.sound && <span className={styles.mark}>{t('look.unsound')}</span>}
        {segment.defects.map((defect, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two defects may be alike
          <span key={index} className={styles.mark}>
            {t(`kind.${defect.kind}`, { defaultValue: defect.kind })}: {format.said(defect.said)}
          </span>
        ))}
      </span>
    </li>
  );
}

interface CardProps {
  one: Understood;
  place: (line: number) => string;
  chosen: boolean;
  open: () => void;
}

function Card({ one, place, chosen, open }: CardProps) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const reference = one.ids?.reference || one.ids?.house_bill || one.ids?.declaration || '–';
  const bills = ['master_bill', 'house_bill', 'declaration', 'postal_item']
    .map((name) => one.ids?.[name])
    .filter((id) => id && id !== reference);
  const facts: [string, string][] = [
    [t('card.bills'), bills.join(', ')],
    [
      t('card.goods'),
      (one.goods ?? [])
        .map((item) =>
          [
            item.description,
            item.hs,
            item.origin,
            item.net_mass_g ? format.exactMass(item.net_mass_g) : null,
            !item.net_mass_g && item.gross_mass_g
              ? t('card.gross', { mass: format.exactMass(item.gross_mass_g) })
              : null,
          ]
            .filter(Boolean)
            .join(' · '),
        )
        .join('; '),
    ],
    [
      t('card.parties'),
      (one.parties ?? [])
        .map(
          ({ role, contact, code }) =>
            `${t(`role.${role}`, { defaultValue: role })} ${contact?.name || code || '–'}`,
        )
        .join(', '),
    ],
    [
      t('card.route'),
      [
        [one.route?.conveyance, one.route?.voyage].filter(Boolean).join(' '),
        (one.route?.places ?? [])
          .map(({ code, role }) =>
            `${t(`place.${role}`, { defaultValue: role })} ${code ?? ''}`.trim(),
          )
          .join(', '),
      ]
        .filter(Boolean)
        .join(' · '),
    ],
    [
      t('card.equipment'),
      (one.equipment ?? [])
        .map(({ number, size_type, empty, seals }) =>
          [
            number,
            size_type,
            empty ? t('card.empty') : null,
            seals?.length ? t('card.seals', { seals: seals.join('·') }) : null,
          ]
            .filter(Boolean)
            .join(' '),
        )
        .join(', '),
    ],
    [
      t('card.arrival'),
      [one.office, one.arrived_on && format.day(one.arrived_on)].filter(Boolean).join(' · '),
    ],
  ];
  return (
    <article className={styles.cardBox} data-chosen={chosen || undefined}>
      <button type="button" className={styles.cardHead} onClick={open} aria-pressed={chosen}>
        <strong className="code">{reference}</strong>
        {one.regime && <Tag>{t(`regime.${one.regime}`, { defaultValue: one.regime })}</Tag>}
        {one.where && <span className="quiet">{place(one.where.line)}</span>}
      </button>
      <dl className={styles.cardFacts}>
        {facts
          .filter(([, value]) => value)
          .map(([fact, value]) => (
            <div key={fact}>
              <dt>{fact}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {(one.signs ?? []).length > 0 && (
        <p className={styles.signs}>
          {(one.signs ?? []).map((sign) => (
            <Tag key={sign} tone="note">
              {t(`sign.${sign}`, { defaultValue: sign.replaceAll('_', ' ') })}
            </Tag>
          ))}
        </p>
      )}
    </article>
  );
}
