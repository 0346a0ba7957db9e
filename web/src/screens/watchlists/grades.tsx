// How good a list is: its source and its information, each by one sign and in words.
import { useTranslation } from 'react-i18next';

interface Props {
  source: string;
  information: string;
  /** With the words behind the signs. */
  long?: boolean;
}

export function Grades({ source, information, long = false }: Props) {
  const { t } = useTranslation('watchlists');
  const words = `${t(`source_grade.${source}`, { defaultValue: source })} · ${t(
    `information_grade.${information}`,
    { defaultValue: information },
  )}`;
  return (
    <span title={words}>
      <span className="code">
        {source}
        {information}
      </span>
      {long ? (
        <span className="quiet"> {words}</span>
      ) : (
        <span className="visually-hidden"> {words}</span>
      )}
    </span>
  );
}
