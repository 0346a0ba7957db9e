// Models: every version with its window, how it did on later days, and its life. What is chosen
// stands beside the one in force, and is steered by a person with a reason.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { useKeys } from '@/app/keys';
import { Page } from '@/parts/page';
import { Empty, Fetched } from '@/parts/states';
import { Detail } from './detail';
import styles from './models.module.css';
import { type Model, modelsQuery } from './queries';
import { StateTag } from './state-tag';

export default function Models() {
  const { t } = useTranslation('models');
  const query = useQuery(modelsQuery);
  return (
    <Page title={t('title')} about={t('about')} help={t('help')}>
      <Fetched query={query}>
        {(models) =>
          models.length === 0 ? (
            <Empty title={t('none.title')}>{t('none.next')}</Empty>
          ) : (
            <Versions models={models} />
          )
        }
      </Fetched>
    </Page>
  );
}

function Versions({ models }: { models: Model[] }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const address = useSearch({ strict: false }) as { model?: string };
  const navigate = useNavigate();
  const inForce = models.find(({ state }) => state === 'in_force');
  const chosen = models.find(({ id }) => id === address.model) ?? models[0];
  const choose = (id: string) =>
    void navigate({ to: '/models', search: { model: id } as never, replace: true });
  const step = (by: number) => {
    const at = chosen ? models.indexOf(chosen) : 0;
    const to = models[Math.max(0, Math.min(models.length - 1, at + by))];
    if (to) choose(to.id);
  };
  useKeys('models', [
    { keys: 'j', said: t('keys.next'), act: () => step(1) },
    { keys: 'k', said: t('keys.previous'), act: () => step(-1) },
  ]);
  return (
    <div className={styles.halves}>
      <nav aria-label={t('versions')}>
        <ul className={styles.list}>
          {models.map((model) => (
            <li key={model.id}>
              <button
                type="button"
                className={styles.version}
                aria-current={model === chosen ? 'true' : undefined}
                onClick={() => choose(model.id)}
              >
                <span className={styles.versionTop}>
                  <strong>{model.id}</strong>
                  <StateTag state={model.state} />
                </span>
                <span className={styles.versionAt}>
                  {t('learned_at', { time: format.time(model.learned_at) })}
                </span>
                <span className={styles.versionAt}>{model.learned_by}</span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {chosen && <Detail key={chosen.id} id={chosen.id} inForce={inForce ?? null} all={models} />}
    </div>
  );
}
