// Draws the world map of the page once: Natural Earth borders (world-atlas) in the Equal Earth
// projection, as relative integer paths keyed by ISO 3166 alpha-2 code.
// Run `npm install && npm run map` here; the result is src/assets/world.json, which is committed.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { geoCentroid, geoEqualEarth, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import iso from 'i18n-iso-countries';

const WIDTH = 1600;
const HEIGHT = 720;
const MARGIN = 5;

// Countries without a numeric code in the atlas; null is drawn, but belongs to no code.
const NAMELESS = { Kosovo: 'XK', 'N. Cyprus': null, Somaliland: null };

// Territories that the atlas draws as part of another country, cut out by where they lie.
const CUT = [
  { from: 'FR', code: 'GF', west: -56, east: -50, south: 1, north: 7 },
  { from: 'NO', code: 'SJ', west: 8, east: 36, south: 74, north: 82 },
];

// Territories in neither atlas, or spread over the date line: placed by hand (longitude, latitude).
const PLACED = {
  BQ: [-68.27, 12.18],
  BV: [3.35, -54.42],
  CC: [96.87, -12.16],
  CX: [105.65, -10.45],
  GI: [-5.35, 36.14],
  GP: [-61.58, 16.25],
  KI: [172.98, 1.42],
  MQ: [-61.02, 14.64],
  RE: [55.54, -21.12],
  TK: [-171.86, -9.17],
  TV: [179.19, -8.52],
  UM: [166.65, 19.28],
  YT: [45.17, -12.83],
};

const atlas = (name) => {
  const file = new URL(`node_modules/world-atlas/${name}.json`, import.meta.url);
  const topology = JSON.parse(fs.readFileSync(file, 'utf8'));
  return feature(topology, topology.objects.countries).features;
};

const codeOf = (f) =>
  f.id ? iso.numericToAlpha2(f.id) : (NAMELESS[f.properties.name] ?? null);

const polygons = (f) =>
  f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates;

const multi = (coordinates) => ({ type: 'MultiPolygon', coordinates });

// One entry per code: [code or null, geometry].
function countries() {
  const list = [];

  for (const f of atlas('countries-110m')) {
    const code = codeOf(f);
    let parts = polygons(f);
    if (code === 'AQ') continue;
    for (const cut of CUT.filter((c) => c.from === code)) {
      const inside = (p) => {
        const [x, y] = geoCentroid({ type: 'Polygon', coordinates: p });
        return x > cut.west && x < cut.east && y > cut.south && y < cut.north;
      };
      list.push([cut.code, multi(parts.filter(inside))]);
      parts = parts.filter((p) => !inside(p));
    }
    list.push([code, multi(parts)]);
  }
  return list;
}

// "M1,2L3,4L3,4Z" -> "m1 2l2 2z": relative numbers are shorter, repeated points are dropped.
function relative(path) {
  let out = '';
  let at = [0, 0];

  for (const ring of path.split('M').slice(1)) {
    const points = ring
      .replace('Z', '')
      .split('L')
      .map((p) => p.split(',').map(Number))
      .filter((p, i, all) => !i || p[0] !== all[i - 1][0] || p[1] !== all[i - 1][1]);
    let text = '';
    const start = points[0];
    const last = points[points.length - 1];
    if (points.length > 1 && last[0] === start[0] && last[1] === start[1]) points.pop();
    if (points.length < 3) continue;
    points.forEach((p, i) => {
      const [dx, dy] = [p[0] - at[0], p[1] - at[1]];
      text += i === 0 ? 'm' : i === 1 ? 'l' : dx < 0 ? '' : ' ';
      text += dx + (dy < 0 ? '' : ' ') + dy;
      at = p;
    });
    out += text + 'z';
    at = start;
  }
  return out;
}

// The map is turned by 11 degrees so that its edge runs through the Bering Strait and no
// country is cut in two.
const list = countries();
const places = Object.entries(PLACED);
for (const f of atlas('countries-50m')) {
  const code = codeOf(f);
  if (code !== 'AQ' && !PLACED[code]) places.push([code, geoCentroid(f)]);
}
const geometries = list.map(([, geometry]) => geometry);
geometries.push({ type: 'MultiPoint', coordinates: places.map(([, at]) => at) });
const world = { type: 'GeometryCollection', geometries };
const projection = geoEqualEarth().rotate([-11, 0]);
projection.fitExtent([[MARGIN, MARGIN], [WIDTH - MARGIN, HEIGHT - MARGIN]], world);
const draw = geoPath(projection).digits(0);

const shapes = {};
const nobody = [];
for (const [code, geometry] of list) {
  const d = relative(draw(geometry) ?? '');
  if (code && d) shapes[code] = d;
  else if (d) nobody.push(d);
}

const dots = {};
for (const [code, place] of places) {
  if (code && !shapes[code]) dots[code] = projection(place).map(Math.round);
}

const sorted = (o) => Object.fromEntries(Object.entries(o).sort(([a], [b]) => (a < b ? -1 : 1)));
const text = JSON.stringify({
  width: WIDTH,
  height: HEIGHT,
  shapes: sorted(shapes),
  nobody,
  dots: sorted(dots),
});
fs.writeFileSync(new URL('../src/assets/world.json', import.meta.url), text + '\n');

const missing = Object.keys(iso.getAlpha2Codes()).filter(
  (c) => c !== 'AQ' && !shapes[c] && !dots[c],
);
const gz = zlib.gzipSync(text, { level: 9 }).length;
console.log(`${Object.keys(shapes).length} shapes, ${Object.keys(dots).length} dots,`,
  `${text.length} bytes, ${gz} compressed; without a place: ${missing.join(' ') || 'none'}`);
