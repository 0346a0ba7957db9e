// The words of the workbench in Korean and English: one file a screen, fetched when the screen is.
// `words/ko` and `words/en` have the same keys, which `words.test.ts` holds.
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = ['ko', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const files = import.meta.glob<Record<string, unknown>>('../words/*/*.json', { import: 'default' });
const KEPT = 'sumun.language';

/** The language of the last visit, else the browser's, else Korean. */
function usual(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'ko' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'ko';
}

export async function startWords(language: Language = usual()): Promise<void> {
  const tell = (now: string) => {
    document.documentElement.lang = now;
  };
  i18next.on('languageChanged', tell);
  await i18next
    .use(initReactI18next)
    .use({
      type: 'backend',
      init: () => {},
      read: (at: string, screen: string, done: (error: unknown, words: unknown) => void) => {
        const load = files[`../words/${at}/${screen}.json`];
        if (!load) return done(new Error(`no words for ${screen} in ${at}`), null);
        load().then(
          (words) => done(null, words),
          (error) => done(error, null),
        );
      },
    })
    .init({
      lng: language,
      fallbackLng: false,
      supportedLngs: LANGUAGES,
      ns: ['shell', 'parts', 'problems'],
      defaultNS: 'shell',
      interpolation: { escapeValue: false },
    });
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
}

/** A text that the server made in both languages. */
export interface Said {
  ko: string;
  en: string;
}

/** Which language is spoken now. */
export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'ko';
}
