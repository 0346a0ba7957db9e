// The field in which a condition is written: what may come next is offered beneath as one types,
// and every error is underlined where it is, with its mending one press away.
import { Kbd } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { marked, type Offer, offersFor, type Spot, spotOf, take } from './completion';
import type { Catalogue, ConditionFault } from './queries';
import styles from './rules.module.css';

interface Props {
  value: string;
  onChange: (value: string) => void;
  catalogue: Catalogue | undefined;
  faults: ConditionFault[];
  /** A text to be put where the cursor is, by whoever holds the catalogue; each wish once. */
  wish?: { text: string; number: number } | null;
}

export function ConditionField({ value, onChange, catalogue, faults, wish }: Props) {
  const { t } = useTranslation('rules');
  const format = useFormat();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [cursor, setCursor] = useState(value.length);
  const [opened, setOpened] = useState(false);
  const [active, setActive] = useState(0);
  /** Where the cursor must stand once a change of ours is drawn. */
  const moved = useRef<number | null>(null);
  const spot: Spot | null = opened ? spotOf(value, cursor) : null;
  const offers = catalogue && spot ? offersFor(catalogue, spot) : [];
  const shown = offers.length > 0;
  const now = Math.min(active, offers.length - 1);

  useEffect(() => {
    if (moved.current === null) return;
    field.current?.setSelectionRange(moved.current, moved.current);
    moved.current = null;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a wish is carried out once
  useEffect(() => {
    if (!wish) return;
    change(
      `${value.slice(0, cursor)}${wish.text}${value.slice(cursor)}`,
      cursor + wish.text.length,
    );
    field.current?.focus();
  }, [wish?.number]);

  // What is chosen by the keys is in sight.
  useEffect(() => {
    if (shown) document.getElementById(`${id}-${now}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [shown, id, now]);

  const change = (text: string, to: number) => {
    moved.current = to;
    setCursor(to);
    onChange(text);
  };
  const accept = (offer: Offer | undefined) => {
    if (!offer || !spot) return;
    const [text, to] = take(value, spot, cursor, offer.insert);
    change(text, to);
    setOpened(false);
    field.current?.focus();
  };
  const mend = ({ from, to, suggestion }: ConditionFault) => {
    if (suggestion == null) return;
    change(`${value.slice(0, from)}${suggestion}${value.slice(to)}`, from + suggestion.length);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      setOpened(true);
    }
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = new Map([
      ['ArrowDown', () => setActive((now + 1) % offers.length)],
      ['ArrowUp', () => setActive((now + offers.length - 1) % offers.length)],
      ['Enter', () => accept(offers[now])],
      ['Tab', () => accept(offers[now])],
      ['Escape', () => setOpened(false)],
    ]);
    const wanted = event.shiftKey ? undefined : acts.get(event.key);
    if (!wanted) return;
    event.preventDefault();
    event.stopPropagation();
    wanted();
  };
  const look = () => setCursor(field.current?.selectionStart ?? value.length);

  return (
    <div>
      <label htmlFor={id} className={styles.label}>
        {t('condition.label')}
      </label>
      <div id={`${id}-hint`} className="quiet">
        {t('condition.hint')}
      </div>
      <div className={styles.written}>
        <div className={styles.underlay} aria-hidden>
          {marked(value, faults).map((piece, at) =>
            piece.fault === null ? (
              // Pieces of a text have no other name than their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <span key={at}>{piece.text}</span>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <mark key={at}>{piece.text}</mark>
            ),
          )}
          {'\n'}
        </div>
        <textarea
          ref={field}
          id={id}
          value={value}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          translate="no"
          maxLength={catalogue?.limits.characters}
          className={styles.condition}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={shown ? `${id}-offers` : undefined}
          aria-activedescendant={shown ? `${id}-${now}` : undefined}
          aria-invalid={faults.length > 0}
          aria-describedby={`${id}-hint ${faults.length > 0 ? `${id}-faults` : ''}`}
          onChange={(event) => {
            setCursor(event.currentTarget.selectionStart);
            setOpened(true);
            setActive(0);
            onChange(event.currentTarget.value);
          }}
          onSelect={look}
          onKeyDown={onKeyDown}
          onBlur={() => setOpened(false)}
        />
        {shown && (
          <div
            id={`${id}-offers`}
            role="listbox"
            aria-label={t('condition.offers')}
            className={styles.offers}
          >
            {offers.map((offer, at) => (
              // The field keeps the focus and takes the keys, as a list of offers asks.
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <div
                key={offer.id}
                id={`${id}-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === now}
                className={styles.offer}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => accept(offer)}
              >
                <span className="code">{offer.title}</span>
                <span>{format.said(offer)}</span>
                <span className={styles.offerHint}>
                  {offer.what === 'field'
                    ? t(`kind.${offer.hint}`, { defaultValue: offer.hint })
                    : t(`what.${offer.what}`)}
                </span>
              </div>
            ))}
            <div className={styles.offersFoot} aria-hidden>
              <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> <Kbd size="xs">Enter</Kbd>{' '}
              <Kbd size="xs">Esc</Kbd>
            </div>
          </div>
        )}
      </div>
      <div className="visually-hidden" role="status">
        {shown && t('condition.offered', { count: offers.length })}
      </div>
      {faults.length > 0 && (
        <ul id={`${id}-faults`} className={styles.faults} aria-label={t('condition.faults')}>
          {faults.map((fault) => (
            <li key={`${fault.from} ${fault.code}`}>
              <button
                type="button"
                className={styles.place}
                onClick={() => {
                  field.current?.focus();
                  field.current?.setSelectionRange(fault.from, Math.max(fault.to, fault.from));
                }}
              >
                {t('condition.place', { line: fault.line, column: fault.column })}
              </button>
              <span>{format.said(fault.message)}</span>
              {fault.suggestion != null && (
                <button type="button" className={styles.mend} onClick={() => mend(fault)}>
                  {t('condition.mend', { text: fault.suggestion })}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
