// Where a country is on the map when a place has no coordinates of its own: the middle of its
// shape in the atlas, or a point of ours where that middle misleads or the shape is too small for
// the atlas. Only geography of goods; no person is placed by it.

/** ISO 3166-1: the two letters of a declaration and the three digits of the atlas. */
const CODES = `
AE784 AF004 AL008 AM051 AO024 AQ010 AR032 AT040 AU036 AZ031 BA070 BD050 BE056 BF854 BG100
BI108 BJ204 BN096 BO068 BR076 BS044 BT064 BW072 BY112 BZ084 CA124 CD180 CF140 CG178 CH756
CI384 CL152 CM120 CN156 CO170 CR188 CU192 CY196 CZ203 DE276 DJ262 DK208 DO214 DZ012 EC218
EE233 EG818 EH732 ER232 ES724 ET231 FI246 FJ242 FK238 FR250 GA266 GB826 GE268 GH288 GL304
GM270 GN324 GQ226 GR300 GT320 GW624 GY328 HN340 HR191 HT332 HU348 ID360 IE372 IL376 IN356
IQ368 IR364 IS352 IT380 JM388 JO400 JP392 KE404 KG417 KH116 KP408 KR410 KW414 KZ398 LA418
LB422 LK144 LR430 LS426 LT440 LU442 LV428 LY434 MA504 MD498 ME499 MG450 MK807 ML466 MM104
MN496 MR478 MW454 MX484 MY458 MZ508 NA516 NC540 NE562 NG566 NI558 NL528 NO578 NP524 NZ554
OM512 PA591 PE604 PG598 PH608 PK586 PL616 PR630 PS275 PT620 PY600 QA634 RO642 RS688 RU643
RW646 SA682 SB090 SD729 SE752 SI705 SK703 SL694 SN686 SO706 SR740 SS728 SV222 SY760 SZ748
TD148 TF260 TG768 TH764 TJ762 TL626 TM795 TN788 TR792 TT780 TW158 TZ834 UA804 UG800 US840
UY858 UZ860 VE862 VN704 VU548 YE887 ZA710 ZM894 ZW716
`;

const NUMERIC = new Map(
  CODES.trim()
    .split(/\s+/)
    .map((pair) => [pair.slice(0, 2), pair.slice(2)]),
);

/** Longitude and latitude. Far parts overseas would pull the middle of the first ones away. */
const POINTS: Record<string, [number, number]> = {
  FR: [2.4, 46.6],
  GB: [-1.8, 52.8],
  NL: [5.3, 52.2],
  NO: [9.5, 61.5],
  RU: [90, 60],
  US: [-98.6, 39.8],
  BB: [-59.5, 13.2],
  BH: [50.6, 26.1],
  CV: [-23.6, 15.1],
  CW: [-69, 12.2],
  FM: [158.2, 6.9],
  GP: [-61.6, 16.2],
  GU: [144.8, 13.5],
  HK: [114.2, 22.3],
  KI: [173, 1.4],
  KM: [43.3, -11.7],
  LI: [9.5, 47.1],
  MC: [7.4, 43.7],
  MH: [171.1, 7.1],
  MO: [113.5, 22.2],
  MP: [145.7, 15.2],
  MT: [14.4, 35.9],
  MU: [57.6, -20.3],
  MV: [73.2, 4.2],
  PF: [-149.4, -17.7],
  PW: [134.5, 7.5],
  RE: [55.5, -21.1],
  SC: [55.5, -4.7],
  SG: [103.8, 1.35],
  TO: [-175.2, -21.2],
  WS: [-172.1, -13.8],
  XK: [20.9, 42.6],
};

/** The atlas's number of a country. */
export const numericOf = (country: string): string | undefined => NUMERIC.get(country);

/** A point of ours for a country, where there is one. */
export const pointOf = (country: string): [number, number] | undefined => POINTS[country];
