CREATE TABLE instruments (name VARCHAR(50) PRIMARY KEY, price DECIMAL(10, 2));
INSERT INTO instruments VALUES ('viola', 1250.50), ('cello', 3999), ('drum', 80);
