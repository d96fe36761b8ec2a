// Makes src/detect/country.def: for each country the disc that its main parts lie in, from the
// Natural Earth borders (world-atlas).  Run `npm install && node discs.mjs > ../../src/detect/country.def`
import fs from 'node:fs';
import { geoArea, geoCentroid, geoDistance } from 'd3-geo';
import { feature } from 'topojson-client';
import iso from 'i18n-iso-countries';

const EARTH_KM = 6371;
const MAIN = 0.3; // parts smaller than this share of the largest are left out: islands, overseas territories

const file = new URL('node_modules/world-atlas/countries-50m.json', import.meta.url);
const topology = JSON.parse(fs.readFileSync(file, 'utf8'));
const rows = [['XK', 42.6, 20.9, 100]]; // in the atlas without a code

// Small ones that the atlas does not have, or has as part of another country.
rows.push(['AQ', -90, 0, 2800], ['KI', 1.4, 173.0, 400], ['UM', 19.3, 166.6, 100]);
rows.push(['BQ', 12.2, -68.3, 100], ['BV', -54.4, 3.4, 50], ['CC', -12.2, 96.9, 50], ['CX', -10.4, 105.6, 50]);
rows.push(['GF', 4.0, -53.0, 300], ['GI', 36.1, -5.4, 50], ['GP', 16.2, -61.6, 60], ['MQ', 14.6, -61.0, 60]);
rows.push(['RE', -21.1, 55.5, 60], ['SJ', 78.6, 16.0, 400], ['TK', -9.2, -171.9, 100], ['TV', -8.5, 179.2, 400]);
rows.push(['YT', -12.8, 45.2, 50]);

for (const f of feature(topology, topology.objects.countries).features) {
  const code = f.id ? iso.numericToAlpha2(f.id) : null;
  if (!code || rows.some(([c]) => c === code)) continue;
  const all = f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates;
  const area = (p) => geoArea({ type: 'Polygon', coordinates: p });
  const most = Math.max(...all.map(area));
  const main = all.filter((p) => area(p) >= MAIN * most);
  const [lon, lat] = geoCentroid({ type: 'MultiPolygon', coordinates: main });
  const far = Math.max(...main.flatMap((p) => p[0].map((at) => geoDistance(at, [lon, lat]))));
  rows.push([code, lat, lon, Math.max(50, Math.ceil((far * EARTH_KM) / 10) * 10)]);
}
rows.sort(([a], [b]) => (a < b ? -1 : 1));
console.log('/*');
console.log(' * COUNTRY("code", degrees north, degrees east, km): a disc around the main parts of each country.');
console.log(' * Made by ui/tools/discs.mjs from Natural Earth borders; do not edit.');
console.log(' */');
for (const [c, lat, lon, km] of rows)
  console.log(`COUNTRY("${c}", ${lat.toFixed(1)}, ${lon.toFixed(1)}, ${km})`);
