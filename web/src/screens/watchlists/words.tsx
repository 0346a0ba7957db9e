// A name with its words marked, and the same words as a list: what agrees, what agrees in another
// spelling, and what one side has alone. Each mark has a line of its own kind and a sign, so that
// none is told by colour alone.
import { IconEqual, IconEqualNot, IconTilde } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { partsOf, spellings } from './agreement';
import styles from './watchlists.module.css';

interface MarkedProps {
  text: string;
  agree: string[];
  differ: string[];
}

export function Marked({ text, agree, differ }: MarkedProps) {
  return (
    <span className={styles.marked} translate="no">
      {partsOf(text, agree, differ).map(({ text: piece, mark }, at) =>
        mark ? (
          // The words of a name have no other name than their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <mark key={at} data-mark={mark}>
            {piece}
          </mark>
        ) : (
          piece
        ),
      )}
    </span>
  );
}

interface WordsProps {
  agree: string[];
  /** Words that only the declared side has. */
  left: string[];
  /** Words that only the listed side has. */
  right: string[];
  /** The left side was asked for, not declared. */
  asked?: boolean;
}

export function Words({ agree, left, right, asked = false }: WordsProps) {
  const { t } = useTranslation('watchlists');
  const pairs = agree.map((word) => ({ word, both: spellings(word) }));
  const same = pairs.filter(({ both: [one, other] }) => one === other);
  const alike = pairs.filter(({ both: [one, other] }) => one !== other);
  const rows = [
    { id: 'same', Icon: IconEqual, words: same.map(({ word }) => word) },
    { id: 'alike', Icon: IconTilde, words: alike.map(({ both }) => both.join(' ~ ')) },
    { id: 'left', Icon: IconEqualNot, words: left },
    { id: 'right', Icon: IconEqualNot, words: right },
  ].filter(({ words }) => words.length > 0);
  if (rows.length === 0) return null;
  return (
    <dl className={styles.words}>
      {rows.map(({ id, Icon, words }) => (
        <div key={id} data-kind={id}>
          <dt>
            <Icon size={15} stroke={2.2} aria-hidden />
            {t(`words.${id === 'left' && asked ? 'asked' : id}`)}
          </dt>
          <dd translate="no">{words.join(', ')}</dd>
        </div>
      ))}
    </dl>
  );
}
