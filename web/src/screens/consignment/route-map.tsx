// The route on a map with the Pacific in the middle, drawn from the atlas that comes with the
// workbench: no tile server is asked. It is a picture of the list of stops beside it, which says
// everything that the picture says.
import {
  type GeoPermissibleObjects,
  geoCentroid,
  geoGraticule10,
  geoNaturalEarth1,
  geoPath,
} from 'd3-geo';
import { useId, useMemo } from 'react';
import { feature } from 'topojson-client';
import atlas from 'world-atlas/countries-110m.json';
import type { RouteStop } from '@/api/desk';
import { numericOf, pointOf } from './places';
import styles from './route-map.module.css';

const WIDTH = 720;
const HEIGHT = 380;
/** The meridian in the middle: Korea and both coasts of America on one picture. */
const MIDDLE = 165;

type Atlas = Parameters<typeof feature>[0] & { objects: { countries: never; land: never } };
interface Shape {
  id?: string | number;
  type: 'Feature';
}

const topology = atlas as unknown as Atlas;
const countries = (
  feature(topology, topology.objects.countries) as unknown as { features: Shape[] }
).features;
const shapes = new Map(countries.map((shape) => [String(shape.id), shape]));

/** Where a stop is drawn: its own coordinates, else the middle of its country, else nowhere. */
function pointOfPlace(place: RouteStop): [number, number] | null {
  if (place.lon != null && place.lat != null) return [place.lon, place.lat];
  if (!place.country) return null;
  const ours = pointOf(place.country);
  if (ours) return ours;
  const shape = shapes.get(numericOf(place.country) ?? '');
  return shape ? geoCentroid(shape as unknown as GeoPermissibleObjects as never) : null;
}

export default function RouteMap({ stops, label }: { stops: RouteStop[]; label: string }) {
  const id = useId();
  const drawn = useMemo(() => {
    const points = stops.flatMap((place, at) => {
      const point = pointOfPlace(place);
      return point ? [{ place, at, point }] : [];
    });
    const projection = geoNaturalEarth1().rotate([-MIDDLE, 0]);
    zoomTo(
      projection,
      points.map(({ point }) => point),
    );
    const path = geoPath(projection);
    const passed = new Set(points.map(({ place }) => numericOf(place.country ?? '')));
    return {
      land: countries.map((shape) => ({
        id: String(shape.id),
        d: path(shape as unknown as GeoPermissibleObjects) ?? '',
        passed: passed.has(String(shape.id)),
      })),
      grid: path(geoGraticule10()) ?? '',
      line: path({ type: 'LineString', coordinates: points.map(({ point }) => point) }) ?? '',
      dots: numbered(points).map(({ point, numbers, key }) => ({
        key,
        numbers,
        at: projection(point) ?? [0, 0],
      })),
    };
  }, [stops]);
  if (drawn.dots.length === 0) return null;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={styles.map}
      role="img"
      aria-labelledby={`${id}-title`}
    >
      <title id={`${id}-title`}>{label}</title>
      <rect width={WIDTH} height={HEIGHT} className={styles.sea} />
      <path d={drawn.grid} className={styles.grid} />
      {drawn.land.map(({ id: key, d, passed }, at) => (
        // Two shapes of the atlas have no number.
        // biome-ignore lint/suspicious/noArrayIndexKey: the atlas never changes
        <path key={`${key}-${at}`} d={d} className={passed ? styles.passed : styles.land} />
      ))}
      <path d={drawn.line} className={styles.under} />
      <path d={drawn.line} className={styles.line} />
      {drawn.dots.map(({ key, numbers, at: [x, y] }) => (
        <g key={key} transform={`translate(${x} ${y})`}>
          <rect
            x={-6 - 4 * numbers.length}
            y={-11}
            width={12 + 8 * numbers.length}
            height={22}
            rx={11}
            className={styles.dot}
          />
          <text textAnchor="middle" dy="0.35em" className={styles.number}>
            {numbers}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Stops that fall on one point share a mark: "1–2". */
function numbered(points: { at: number; point: [number, number] }[]) {
  const marks: { key: string; point: [number, number]; all: number[] }[] = [];
  for (const { at, point } of points) {
    const key = point.map((degree) => degree.toFixed(1)).join();
    const mark = marks.find((other) => other.key === key);
    if (mark) mark.all.push(at + 1);
    else marks.push({ key, point, all: [at + 1] });
  }
  return marks.map(({ key, point, all }) => ({ key, point, numbers: runsOf(all) }));
}

function runsOf(numbers: number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** Zooms to the stops, but never so near that nobody knows which sea this is. */
function zoomTo(projection: ReturnType<typeof geoNaturalEarth1>, points: [number, number][]) {
  projection.fitSize([WIDTH, HEIGHT * 1.06], { type: 'Sphere' });
  if (points.length === 0) return;
  const placed = points.flatMap((point) => {
    const at = projection(point);
    return at ? [at] : [];
  });
  const xs = placed.map(([x]) => x);
  const ys = placed.map(([, y]) => y);
  const wide = Math.max(...xs) - Math.min(...xs) + 120;
  const high = Math.max(...ys) - Math.min(...ys) + 90;
  const zoom = Math.min(3.2, Math.max(1, Math.min(WIDTH / wide, HEIGHT / high)));
  const scale = projection.scale() * zoom;
  const [tx, ty] = projection.translate();
  const mid = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2];
  projection
    .scale(scale)
    .translate([WIDTH / 2 + (tx - (mid[0] ?? 0)) * zoom, HEIGHT / 2 + (ty - (mid[1] ?? 0)) * zoom]);
}
