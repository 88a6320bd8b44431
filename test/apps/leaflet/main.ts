// Leaflet with a marker and a popup, and tiles of the server that also serves the page.
import L from 'leaflet';
import 'leaflet/dist/leaflet.css';
import iconUrl from 'leaflet/dist/images/marker-icon.png';
import shadowUrl from 'leaflet/dist/images/marker-shadow.png';

document.querySelector<HTMLElement>('#root')!.style.cssText = 'height: 420px; width: 640px';
const map = L.map('root', { center: [52.52, 13.405], zoom: 12 });
L.tileLayer('/tile.png?z={z}&x={x}&y={y}', { maxZoom: 18, attribution: 'Tiles of the test' }).addTo(map);
L.marker([52.52, 13.405], {
  icon: L.icon({ iconUrl, shadowUrl, iconSize: [25, 41], iconAnchor: [12, 41], popupAnchor: [0, -36] }),
})
  .addTo(map)
  .bindPopup('<b>Here</b> we are');

Object.assign(window, { map });
