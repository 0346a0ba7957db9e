// What happens elsewhere and concerns this screen: the server tells, and what was fetched of that
// noun is fetched again when it is on screen. The browser reconnects by itself; after a gap all is
// fetched again, because nobody knows what was missed.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

export interface Happened {
  kind:
    | 'plan_drawn'
    | 'plan_released'
    | 'decided'
    | 'outcome_recorded'
    | 'defects'
    | 'alarm'
    | 'capacity_changed';
  office: string | null;
  id: string;
  at: string;
}

/** Which nouns an event makes stale; the first words of query keys. */
const STALE: Record<Happened['kind'], string[]> = {
  plan_drawn: ['today', 'queue', 'plans', 'inspections'],
  plan_released: ['today', 'queue', 'plans', 'inspections'],
  decided: ['today', 'queue', 'consignment', 'inspections', 'decisions'],
  outcome_recorded: ['today', 'queue', 'consignment', 'inspections', 'measures'],
  defects: ['today', 'data', 'defects', 'sources'],
  alarm: ['today', 'drift'],
  capacity_changed: ['today', 'capacities'],
};

export type Connection = 'open' | 'waiting' | 'offline';

/**
 * Listens while mounted. Gives the state of the line. Who may hear of nothing does not listen, and
 * is online as long as the browser is.
 */
export function useEvents(hears: boolean, tell?: (event: Happened) => void): Connection {
  const client = useQueryClient();
  const [line, setLine] = useState<Connection>(navigator.onLine ? 'waiting' : 'offline');
  useEffect(() => {
    if (!hears) {
      const look = () => setLine(navigator.onLine ? 'open' : 'offline');
      look();
      window.addEventListener('offline', look);
      window.addEventListener('online', look);
      return () => {
        window.removeEventListener('offline', look);
        window.removeEventListener('online', look);
      };
    }
    const source = new EventSource('/api/v1/events');
    let missed = false;
    const listen = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as Happened;
      for (const noun of STALE[event.kind] ?? []) {
        void client.invalidateQueries({ queryKey: [noun] });
      }
      tell?.(event);
    };
    source.onmessage = listen;
    for (const kind of Object.keys(STALE)) source.addEventListener(kind, listen);
    source.onopen = () => {
      setLine('open');
      if (missed) void client.invalidateQueries();
      missed = false;
    };
    source.onerror = () => {
      missed = true;
      setLine(navigator.onLine ? 'waiting' : 'offline');
    };
    const offline = () => setLine('offline');
    const online = () => setLine(source.readyState === EventSource.OPEN ? 'open' : 'waiting');
    window.addEventListener('offline', offline);
    window.addEventListener('online', online);
    return () => {
      source.close();
      window.removeEventListener('offline', offline);
      window.removeEventListener('online', online);
    };
  }, [client, hears, tell]);
  return line;
}
