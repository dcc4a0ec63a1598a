"""Names for people who do not exist. The two lists are put together by chance."""


def _words(text: str) -> list[str]:
    return text.split()


GIVEN = {
    "en": _words(
        "Ada Alice Arthur Beth Bruce Cecil Clare Colin Dora Edgar Edith Ellen Ernest Esther Felix Flora "
        "Frank Gilda Grace Harold Hazel Henry Hilda Hugo Irene Ivor Jane Jasper Joan Keith Lionel Lucy "
        "Mabel Martin Maud Miles Nancy Nora Oscar Olive Percy Peggy Ralph Rhoda Rufus Sybil Simon Tessa "
        "Toby Una Victor Vera Walter Winifred"
    ),
    "it": _words(
        "Adele Agata Alba Aldo Amelia Arturo Bianca Bruno Carla Cesare Clelia Cosimo Dario Delia Donata "
        "Egidio Elda Elio Emilia Enzo Fabio Fiora Flavio Gemma Gino Giulia Guido Ida Ines Ivo Lando Lea "
        "Lidia Livio Luca Lucia Marina Mauro Mila Nadia Nello Norma Orlando Ornella Paolo Piera Remo "
        "Renata Rita Sandro Silvia Sonia Tito Tullia Ugo Viola"
    ),
}
FAMILY = {
    "en": _words(
        "Abbot Barlow Barnes Birch Bolton Brook Calder Carver Clay Cole Dale Dawes Elton Farrow Fenn "
        "Field Garth Gale Glover Hale Harker Hollis Ingram Kemp Lark Lowe Marsh Mercer Moss Nash Oakes "
        "Orme Pell Pike Quill Ramsey Reeve Rowe Sedge Shaw Stone Tanner Thorne Vale Wade Webb Wells Wren "
        "Yates York"
    ),
    "it": _words(
        "Aliberti Ardenti Balestri Bassi Bellini Borghi Campi Carrara Cedri Colombi Corti Dalmasso Elmi "
        "Fabbri Ferrari Fonti Galli Gentile Ghedi Lanza Lupi Manzi Mari Molino Nardi Neri Oliva Orsi "
        "Pavan Piani Poggi Prati Quercia Ricci Rivoli Rossi Sala Sarti Selva Serra Tasso Tosi Ulivi Valli "
        "Vento Verdi Viti Volpi Zanella Zorzi"
    ),
}
ACTIVITIES = {
    "en": ("Gardening", "Carrying the shopping", "Sitting through a film", "Climbing stairs", "Driving"),
    "it": ("Fare l'orto", "Portare la spesa", "Stare seduti al cinema", "Salire le scale", "Guidare"),
}
WORDS = {
    "en": ("A little stiff at first.", "The left side pulls more.", "Better than yesterday.", "It was late."),
    "it": ("Un po' rigido all'inizio.", "A sinistra tira di più.", "Meglio di ieri.", "Era tardi."),
}
AT_REVIEW = {
    "en": (
        "I sleep better.",
        "Not much has changed.",
        "Mornings are easier now.",
        "The twist is hard for me.",
    ),
    "it": ("Dormo meglio.", "Non è cambiato molto.", "La mattina va meglio.", "La torsione mi riesce male."),
}
QUESTIONS = {
    "en": (
        "May I swim on the days in between?",
        "Is it normal that it pulls?",
        "Can I do them in the evening?",
    ),
    "it": ("Posso nuotare nei giorni liberi?", "È normale che tiri?", "Posso farli di sera?"),
}
ANSWERS = {
    "en": "Yes, begin gently, and see how your back is the day after.",
    "it": "Sì, comincia piano, e senti come sta la schiena il giorno dopo.",
}
