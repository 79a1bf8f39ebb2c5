-- Three species of penguin, told apart by their measures.

CREATE TABLE penguins AS FROM read_csv(getvariable('palmerpenguins') || '/penguins.csv', nullstr = 'NA');

CREATE MODEL species PREDICT species AS FROM penguins;

DESCRIBE MODEL species;

-- A bird that nobody has weighed, on an island of no name: it gets an answer all the same.
PREDICT species FROM (
    SELECT NULL AS island, 46.5 AS bill_length_mm, 17.9 AS bill_depth_mm, 192 AS flipper_length_mm,
           NULL AS body_mass_g, 'female' AS sex, 2009 AS year
);
