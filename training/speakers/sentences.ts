/** A language that speakers are rendered in. */
export interface SpokenLanguage {
  /** ISO 639-1; also espeak-ng's name of the voice. */
  readonly code: string;
  readonly sentences: readonly string[];
}

/**
 * Written for this purpose; every language has sentences with many lips-closed sounds, with rounded vowels and with
 * open ones, short ones (about 2 s) and long ones (about 5 s).
 */
export const spokenLanguages: readonly SpokenLanguage[] = [
  {
    code: 'nl',
    sentences: [
      'De bakker brengt vandaag warm brood naar de oude markt.',
      'Mijn buurman bouwt een boot van bamboe.',
      'Wie wil er nog een kopje thee met melk?',
      'Boven op de berg waait de wind veel harder dan beneden in het dal.',
      'Pappa pakt de paarse paraplu, want het begint opeens te regenen.',
      'Goedemorgen, hoe gaat het met u?',
      'Zeven zwanen zwemmen langzaam over de vijver.',
      'Als de bel gaat, mogen alle kinderen naar buiten om te spelen.',
    ],
  },
  {
    code: 'en',
    sentences: [
      'The baker brings warm bread to the old market.',
      'My brother built a boat from bamboo and rope.',
      'Would you like a cup of coffee with milk?',
      'People who move from a small village to a big city often miss the quiet.',
      'Papa put the purple umbrella back behind the door before the rain began.',
      'Good morning, how have you been?',
      'Five white swans were floating over the pond.',
      'When the bell rings, all of the children may go outside and play.',
    ],
  },
  {
    code: 'de',
    sentences: [
      'Der Bäcker bringt heute warmes Brot zum alten Markt.',
      'Mein Bruder baut ein Boot aus Bambus.',
      'Möchten Sie noch eine Tasse Tee mit Milch?',
      'Oben auf dem Berg weht der Wind viel stärker als unten im Tal.',
      'Papa packt den bunten Regenschirm ein, weil es plötzlich zu regnen beginnt.',
      'Guten Morgen, wie geht es Ihnen?',
      'Sieben Schwäne schwimmen langsam über den Teich.',
      'Wenn die Glocke läutet, dürfen alle Kinder nach draußen und spielen.',
    ],
  },
  {
    code: 'fr',
    sentences: [
      'Le boulanger apporte du pain chaud au vieux marché.',
      'Mon frère a bâti un petit bateau en bambou.',
      'Voulez-vous encore une tasse de thé?',
      'En haut de la montagne, le vent souffle beaucoup plus fort que dans la vallée.',
      'Papa prend le parapluie pourpre, parce que la pluie commence à tomber.',
      'Bonjour, comment allez-vous?',
      'Sept cygnes blancs nagent sur la mare.',
      'Quand la cloche sonne, tous les enfants peuvent sortir et jouer.',
    ],
  },
  {
    code: 'es',
    sentences: [
      'El panadero lleva pan caliente al mercado viejo.',
      'Mi hermano hizo un barco pequeño de bambú.',
      '¿Quiere otra taza de café con leche?',
      'En lo alto de la montaña el viento sopla mucho más fuerte que en el valle.',
      'Papá busca el paraguas porque empieza a llover otra vez.',
      'Buenos días, ¿cómo está usted?',
      'Siete cisnes blancos nadan por la laguna.',
      'Cuando suena la campana, todos los niños pueden salir a jugar.',
    ],
  },
  {
    code: 'it',
    sentences: [
      'Il panettiere porta il pane caldo al mercato.',
      'Mio fratello fabbrica una barca di bambù.',
      'Vuole ancora una tazza di caffè?',
      'In cima alla montagna il vento soffia molto più forte che nella valle.',
      'Papà prende il parapioggia perché comincia a piovere.',
      'Buongiorno, come sta?',
      'Sette cigni bianchi nuotano piano nello stagno.',
      'Quando suona la campana, tutti i bambini possono uscire a giocare.',
    ],
  },
  {
    code: 'pl',
    sentences: [
      'Piekarz przynosi ciepły chleb na stary rynek.',
      'Mój brat buduje małą łódkę z bambusa.',
      'Czy chce pan jeszcze kubek herbaty?',
      'Na szczycie góry wiatr wieje o wiele mocniej niż na dole w dolinie.',
      'Papa pakuje parasol, bo nagle zaczyna padać deszcz.',
      'Dzień dobry, jak się pan miewa?',
      'Siedem białych łabędzi pływa po stawie.',
      'Kiedy zadzwoni dzwonek, wszystkie dzieci mogą wyjść i bawić się.',
    ],
  },
  {
    code: 'tr',
    sentences: [
      'Fırıncı eski pazara sıcak ekmek getiriyor.',
      'Kardeşim bambudan bir balıkçı teknesi yapıyor.',
      'Bir bardak süt daha ister misiniz?',
      'Dağın tepesinde rüzgâr vadiden çok daha sert esiyor.',
      'Babam mor şemsiyesini alıyor, çünkü birden yağmur başlıyor.',
      'Günaydın, bugün nasılsınız?',
      'Yedi beyaz kuğu gölde yüzüyor.',
      'Zil çalınca bütün çocuklar dışarı çıkıp oynayabilir.',
    ],
  },
  {
    code: 'sv',
    sentences: [
      'Bagaren bär varmt bröd till det gamla torget.',
      'Min bror bygger en båt av bambu.',
      'Vill du ha en kopp kaffe med mjölk?',
      'Uppe på berget blåser vinden mycket hårdare än nere i dalen.',
      'Pappa plockar upp paraplyet eftersom det börjar regna.',
      'God morgon, hur mår du?',
      'Sju vita svanar simmar sakta över dammen.',
      'När klockan ringer får alla barn gå ut och leka.',
    ],
  },
  {
    code: 'fi',
    sentences: [
      'Leipuri tuo lämmintä leipää vanhalle torille.',
      'Veljeni rakentaa veneen bambusta.',
      'Haluatko vielä kupin kahvia?',
      'Vuoren huipulla tuulee paljon kovemmin kuin alhaalla laaksossa.',
      'Pappa poimii sateenvarjon, koska alkaa yhtäkkiä sataa.',
      'Hyvää huomenta, mitä kuuluu?',
      'Seitsemän joutsenta ui hitaasti lammen poikki.',
      'Kun kello soi, kaikki lapset saavat mennä ulos leikkimään.',
    ],
  },
  {
    code: 'pt',
    sentences: [
      'O padeiro traz pão quente ao mercado velho.',
      'Meu irmão construiu um barco de bambu.',
      'O senhor quer mais um copo de leite?',
      'No alto da montanha o vento sopra muito mais forte do que no vale.',
      'Papai pega o guarda-chuva porque começa a chover de novo.',
      'Bom dia, como vai você?',
      'Sete cisnes brancos nadam no lago.',
      'Quando toca o sino, todas as crianças podem sair para brincar.',
    ],
  },
  {
    code: 'id',
    sentences: [
      'Tukang roti membawa roti hangat ke pasar lama.',
      'Abang saya membuat perahu dari bambu.',
      'Apakah Bapak mau minum kopi lagi?',
      'Di puncak gunung angin bertiup jauh lebih kuat daripada di lembah.',
      'Bapak membuka payung ungu karena hujan mulai turun.',
      'Selamat pagi, apa kabar?',
      'Tujuh bebek putih berenang di kolam.',
      'Kalau bel berbunyi, semua anak boleh keluar dan bermain.',
    ],
  },
  {
    code: 'ru',
    sentences: [
      'Пекарь приносит тёплый хлеб на старый рынок.',
      'Мой брат построил лодку из бамбука.',
      'Вы будете ещё чашку чая с молоком?',
      'На вершине горы ветер дует намного сильнее, чем внизу в долине.',
      'Папа берёт большой зонт, потому что вдруг пошёл дождь.',
      'Доброе утро, как вы поживаете?',
      'Семь белых лебедей плывут по пруду.',
      'Когда прозвенит звонок, все дети могут выйти и поиграть.',
    ],
  },
];
