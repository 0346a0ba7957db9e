// The switches of theme and language, at hand on every screen and before signing in.
import {
  ActionIcon,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconLanguage, IconMoon, IconSun } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './shell.module.css';
import { setLanguage } from './words';

export function ThemeToggle() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  const Icon = other === 'dark' ? IconMoon : IconSun;
  const said = t(`theme.${other}`);
  return (
    <Tooltip label={said}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={said}
        onClick={() => setColorScheme(other)}
      >
        <Icon size={20} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

export function LanguageToggle() {
  const { t, i18n } = useTranslation();
  const other = i18n.language === 'ko' ? 'en' : 'ko';
  return (
    <UnstyledButton
      className={styles.language}
      onClick={() => void setLanguage(other)}
      aria-label={t('language.other')}
      lang={other}
    >
      <IconLanguage size={20} stroke={1.6} aria-hidden />
      {other === 'ko' ? '한국어' : 'English'}
    </UnstyledButton>
  );
}
