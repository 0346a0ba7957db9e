// What a screen shows when it has nothing to show: still fetching, empty, refused or broken. Each
// says the next step; none leaves a blank.
import { Button, Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconLock,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemWords } from './problems';
import styles from './states.module.css';

export function Loading({ said }: { said?: string }) {
  const { t } = useTranslation('parts');
  return (
    <div className={styles.state} role="status">
      <Loader size="sm" aria-hidden />
      <span>{said ?? t('loading')}</span>
    </div>
  );
}

interface EmptyProps {
  /** What is not there. */
  title: string;
  /** Why, or what to do next. */
  children?: ReactNode;
  action?: { said: string; act: () => void };
}

export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={styles.state} role="status">
      <IconCircleCheck size={28} stroke={1.4} aria-hidden />
      <strong>{title}</strong>
      {children && <div className="quiet">{children}</div>}
      {action && (
        <Button variant="default" onClick={action.act}>
          {action.said}
        </Button>
      )}
    </div>
  );
}

export function Failed({ error, again }: { error: unknown; again?: () => unknown }) {
  const { t } = useTranslation('parts');
  const problem = Problem.of(error);
  const { said, next } = problemWords(problem);
  const Icon = { 0: IconPlugConnectedX, 403: IconLock }[problem.status] ?? IconAlertTriangle;
  const policy = problem.body.policy;
  return (
    <div className={styles.state} role="alert">
      <Icon size={28} stroke={1.4} aria-hidden />
      <strong>{said}</strong>
      {next && <div className="quiet">{next}</div>}
      {typeof policy === 'string' && <div className="quiet">{t('policy', { policy })}</div>}
      {problem.id && <div className="quiet code">{problem.id}</div>}
      {again && problem.status !== 403 && (
        <Button variant="default" onClick={() => void again()}>
          {t('again')}
        </Button>
      )}
    </div>
  );
}

/** What the router shows when a screen broke or could not be fetched. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Failed
      error={error}
      again={() => {
        reset();
        return router.invalidate();
      }}
    />
  );
}

/** What the router shows at an address where nothing is. */
export function Missing() {
  const { t } = useTranslation('parts');
  const router = useRouter();
  return (
    <Empty
      title={t('missing.title')}
      action={{ said: t('missing.home'), act: () => void router.navigate({ to: '/' }) }}
    >
      {t('missing.next')}
    </Empty>
  );
}

interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** One of loading, failed and the thing itself. */
export function Fetched<T>({
  query,
  children,
}: {
  query: QueryLike<T>;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} again={query.refetch} />;
  return <Loading />;
}
