import { useEffect, useMemo } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { problemText } from '../../components/problem-text.js';
import { Failure, Loading } from '../../components/states.js';
import { formatWhen } from '../../i18n/format.js';
import { t } from '../../i18n/studio-text.js';
import { Dialog } from '../../panels/dialog.js';
import { isRecord } from '../../state/json.js';
import { Resource } from '../../state/loadable.js';
import { getJson } from '../../stream/api.js';
import { problemOf } from '../../stream/problem.js';
import { graphUrl } from './graph-files.js';

/** What a graph was before, and the way back to it. */
export function VersionsDialog(props: {
  name: string;
  take: (version: number, config: unknown) => void;
  close: () => void;
}) {
  const { fetch, notices } = useApp();
  const { name, close } = props;
  const versions = useMemo(
    () => new Resource(async () => readVersions(await getJson(fetch, graphUrl(name, '/versions')))),
    [fetch, name],
  );
  useEffect(() => void versions.load(), [versions]);
  const take = async (version: number): Promise<void> => {
    try {
      props.take(version, await getJson(fetch, graphUrl(name, `/versions/${version}`)));
      close();
    } catch (error) {
      notices.fail(`${t('versionsFailed')} ${problemText(problemOf(error))}`);
    }
  };
  const state = versions.state.value;
  return (
    <Dialog title={t('versionsTitle', { name })} close={close}>
      <p class="muted">{t('versionsText')}</p>
      {state.kind === 'loading' && <Loading text={t('loading')} />}
      {state.kind === 'failed' && (
        <Failure title={t('versionsFailed')} problem={state.problem} retry={() => void versions.load()} />
      )}
      {state.kind === 'ready' && (
        <ul class="versions">
          {state.data.map(({ version, at, nodes }, index) => (
            <li key={version}>
              <span>
                <b>{t('version', { version })}</b>
                <span class="muted">
                  {formatWhen(at)} · {t('nodesCount', { count: nodes })}
                </span>
              </span>
              {index === 0 ? (
                <span class="muted">{t('versionCurrent')}</span>
              ) : (
                <button type="button" class="button" onClick={() => void take(version)}>
                  {t('versionUse')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div class="form-actions">
        <button type="button" class="button" onClick={close}>
          {t('cancel')}
        </button>
      </div>
    </Dialog>
  );
}

function readVersions(answer: unknown): { version: number; at: number; nodes: number }[] {
  const versions: unknown[] = isRecord(answer) && Array.isArray(answer['versions']) ? answer['versions'] : [];
  return versions.filter(isRecord).map((one) => ({
    version: Number(one['version']),
    at: Number(one['created_at']),
    nodes: Number(one['nodes']),
  }));
}
