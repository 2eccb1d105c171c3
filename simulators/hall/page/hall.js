// The page of the simulated hall: puts its parts together.
/* global document */
import { followFilter } from './filter.js';
import { followHands } from './hands.js';
import { followLanguage } from './language.js';
import { layOut } from './masonry.js';
import { followNews } from './news.js';
import { followPictures } from './pictures.js';

const main = document.querySelector('main');
const cards = new Map([...main.children].map((card) => [card.dataset.device, card]));

followLanguage();
layOut(main);
const look = followPictures(cards);
const filter = followFilter(cards);
const news = followNews({ cards, look, reveal: filter.reveal });
followHands(main, news.soon);
