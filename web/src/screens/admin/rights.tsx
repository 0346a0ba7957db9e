// Who may do what: the matrix of roles and actions as the server's policies decide it, and the
// policies themselves, in words and as they are written.
import { Table } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/app/format';
import { Section } from '@/parts/page';
import { Fetched } from '@/parts/states';
import styles from './admin.module.css';
import { rightsQuery } from './queries';

export function Rights() {
  const { t } = useTranslation('admin');
  const format = useFormat();
  const rights = useQuery(rightsQuery);
  return (
    <Fetched query={rights}>
      {({ policies, matrix }) => {
        const roles = [...new Set(matrix.map(({ role }) => role))];
        const actions = [...new Set(matrix.map(({ action }) => action))];
        const allowed = new Set(
          matrix.filter((one) => one.allowed).map(({ role, action }) => `${role} ${action}`),
        );
        return (
          <div className={styles.stack}>
            <Section title={t('rights.matrix')} help={t('rights.help')}>
              <Table.ScrollContainer minWidth={760}>
                <Table stickyHeader highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th scope="col">{t('rights.action')}</Table.Th>
                      {roles.map((role) => (
                        <Table.Th key={role} scope="col">
                          {t(`shell:roles.${role}`)}
                        </Table.Th>
                      ))}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {actions.map((action) => (
                      <Table.Tr key={action}>
                        <Table.Th scope="row" fw={400}>
                          {t(`actions.${action}`)}
                        </Table.Th>
                        {roles.map((role) => (
                          <Table.Td key={role}>
                            {allowed.has(`${role} ${action}`) ? (
                              <>
                                <IconCheck size={18} className={styles.yes} aria-hidden />
                                <span className="visually-hidden">{t('rights.yes')}</span>
                              </>
                            ) : (
                              <span className="visually-hidden">{t('rights.no')}</span>
                            )}
                          </Table.Td>
                        ))}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Section>
            <Section title={t('rights.policies')}>
              {policies.map(({ id, said, text }) => (
                <article key={id} aria-label={id}>
                  <p className={styles.facts}>
                    <strong className="code">{id}</strong> {format.said(said)}
                  </p>
                  <pre className={styles.policy}>{text}</pre>
                </article>
              ))}
            </Section>
          </div>
        );
      }}
    </Fetched>
  );
}
